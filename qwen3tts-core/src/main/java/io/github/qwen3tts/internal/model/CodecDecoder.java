package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.api.DeviceException;
import java.util.List;

/** Turns codes into audio, piece by piece. Any number of threads may decode at once, each with its own state. */
public interface CodecDecoder extends AutoCloseable {

    /** What one stream carries from piece to piece. For one thread at a time. */
    interface State extends AutoCloseable {

        /**
         * Frames decoded so far.
         *
         * @return the frame the next piece starts with
         */
        long frames();

        /**
         * A second stream that continues from here on its own.
         *
         * @return to be closed by the caller
         */
        State copy();

        @Override
        void close();
    }

    /**
     * One stream's part of a call for several; see {@link #decode(int[], int, State, float[], int)}.
     *
     * @param codes  {@code [frames * codeGroups]} at least
     * @param frames how many
     * @param state  the stream's, not twice in a call
     * @param out    receives {@code frames * samplesPerFrame} samples
     * @param at     index of the first one
     */
    record Piece(int[] codes, int frames, State state, float[] out, int at) {}

    /**
     * The state before the first frame.
     *
     * @return to be closed by the caller
     */
    State start();

    /**
     * Turns the next frames of codes into audio, continuing the stream {@code state} belongs to. Feeding n frames at
     * once or one at a time yields the same samples, up to rounding.
     *
     * @param codes  {@code [frames * codeGroups]}, each in {@code [0, codebookSize)}; read only, free to reuse on return
     * @param frames how many, {@code >= 1}
     * @param state  this stream's carry-over; advanced by {@code frames}, unusable after an exception
     * @param out    receives {@code frames * samplesPerFrame} samples, 24 kHz mono, in {@code [-1, 1]}
     * @param at     index of the first one in {@code out}
     * @throws DeviceException if the runtime fails
     */
    void decode(int[] codes, int frames, State state, float[] out, int at);

    /**
     * Decodes pieces of several streams: what each would give alone, in less time where a device takes them together.
     *
     * @param pieces of different streams, at most as many as streams may speak at once
     * @throws DeviceException if the runtime fails; the states are unusable then
     */
    default void decode(List<Piece> pieces) {
        for (Piece piece : pieces) {
            decode(piece.codes(), piece.frames(), piece.state(), piece.out(), piece.at());
        }
    }

    /**
     * Continues a stream as if the next frames had been decoded, but makes no audio of them: the way to begin after a
     * reference.
     *
     * @param codes  {@code [frames * codeGroups]}, each in {@code [0, codebookSize)}; read only, free to reuse on return
     * @param frames how many, {@code >= 1}
     * @param state  the stream's carry-over; advanced by {@code frames}, unusable after an exception
     * @throws DeviceException if the runtime fails
     */
    default void read(int[] codes, int frames, State state) {
        decode(codes, frames, state, new float[frames * samplesPerFrame()], 0);
    }

    /**
     * How much audio a frame stands for.
     *
     * @return samples per frame
     */
    int samplesPerFrame();

    @Override
    void close();
}
