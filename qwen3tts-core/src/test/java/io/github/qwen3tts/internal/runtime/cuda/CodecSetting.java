package io.github.qwen3tts.internal.runtime.cuda;

/**
 * Streams that decode frame after frame, for the tests of codec kernels: rows 0 and 2 are slots 3 and 1 of four, row 1 is
 * not in use. Slot 3 has decoded seven frames before and starts from zero state nevertheless, so that both parities occur.
 */
final class CodecSetting {

    static final int[] ROW_SLOT = {3, -1, 1};
    static final int ROWS = ROW_SLOT.length;
    private static final int SLOTS = 4;

    /** State of other layers lies before and behind the layer's own and must stay as it is. */
    static final int OFFSET = 12;

    private final TestDevice device;
    private final float[] initial;
    private final long state;
    private final long stride;
    private final SlotTable slots;
    final CodecStreams streams;

    CodecSetting(TestDevice device, long stateFloats, int... codecFrames) {
        this.device = device;
        stride = stateFloats + 2 * OFFSET;
        initial = new float[Math.toIntExact(SLOTS * stride)];
        for (int i = 0; i < initial.length; i++) {
            long inSlot = i % stride;
            initial[i] = inSlot < OFFSET || inSlot >= OFFSET + stateFloats ? 77 : 0;
        }
        state = device.floats(initial);
        int[] progress = new int[8 * SLOTS];
        for (int row = 0; row < ROWS; row++) {
            if (ROW_SLOT[row] >= 0) {
                progress[8 * ROW_SLOT[row] + SlotTable.CODEC_FRAME] = codecFrames[row];
            }
        }
        slots = new SlotTable(0, device.ints(progress));
        streams = new CodecStreams(device.ints(ROW_SLOT), slots, state, stride, ROWS);
    }

    int codecFrame(int slot) {
        return device.ints(slots.progress(), 8 * SLOTS)[8 * slot + SlotTable.CODEC_FRAME];
    }

    /** Whether what belongs to other layers and to slots not in use is as it was. */
    boolean othersAreUntouched(long stateFloats) {
        float[] now = device.floats(state, initial.length);
        for (int i = 0; i < now.length; i++) {
            long slot = i / stride;
            long inSlot = i % stride;
            boolean own = (slot == 3 || slot == 1) && inSlot >= OFFSET && inSlot < OFFSET + stateFloats;
            if (!own && now[i] != initial[i]) {
                return false;
            }
        }
        return true;
    }
}
