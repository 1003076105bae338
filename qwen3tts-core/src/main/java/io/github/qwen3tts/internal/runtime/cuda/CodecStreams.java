package io.github.qwen3tts.internal.runtime.cuda;

/**
 * The streams of one codec launch and where their state lies.
 *
 * @param slots    address of {@code [count]} ints, the row's slot or negative
 * @param progress the slots' progress, whose codec frame is read
 * @param state    address of slot 0's state
 * @param stride   floats from one slot's state to the next
 * @param count    streams
 */
public record CodecStreams(long slots, SlotTable progress, long state, long stride, int count) {

    /**
     * The launch that counts the frame as decoded; last of a frame.
     *
     * @return the launch
     */
    public Launch frameEnd() {
        return Launch.of("conv_next", "codec_frame_end")
                .grid(LinearShape.divideUp(count, 32), 1, 1)
                .threads(32)
                .pointer(slots)
                .pointer(progress.progress())
                .integer(count);
    }
}
