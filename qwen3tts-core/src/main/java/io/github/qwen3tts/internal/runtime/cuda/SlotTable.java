package io.github.qwen3tts.internal.runtime.cuda;

import io.github.qwen3tts.internal.sample.Sampling;
import java.nio.ByteBuffer;

/**
 * What the device knows about each stream, the host's view of {@code slots.cuh}.
 *
 * @param requests address of {@code [slots]} records of {@value #REQUEST_BYTES} bytes, written by the host
 * @param progress address of {@code [slots]} records of {@value #PROGRESS_BYTES} bytes, written by the kernels
 */
public record SlotTable(long requests, long progress) {

    /** Size of a request. */
    public static final int REQUEST_BYTES = 64;

    /** Size of a progress record. */
    public static final int PROGRESS_BYTES = 32;

    /** Index of the position among the ints of a progress record. */
    public static final int POSITION = 0;

    /** Index of the completed frames. */
    public static final int FRAME = 1;

    /** Index of the draws of group 0. */
    public static final int DRAWS = 2;

    /** Index of the status, an ordinal of {@link SlotStatus}. */
    public static final int STATUS = 3;

    /** Index of the frames the codec decoder has taken. */
    public static final int CODEC_FRAME = 4;

    /**
     * What one stream asks for.
     *
     * @param talker            how code 0 is drawn
     * @param predictor         how the other codes are drawn
     * @param repetitionPenalty on codes of group 0 drawn before; 1 is none
     * @param maxDraws          draws of group 0 at most, the last of which yields no frame
     * @param seed              of the random numbers
     * @param stream            tells apart what shares a seed
     * @param trailingRows      text rows that follow the prompt
     */
    public record Request(
            Sampling talker,
            Sampling predictor,
            float repetitionPenalty,
            int maxDraws,
            long seed,
            long stream,
            int trailingRows) {

        /**
         * Writes the record as the kernels read it.
         *
         * @param out little endian, {@value #REQUEST_BYTES} bytes from its position on, which moves behind them
         */
        public void write(ByteBuffer out) {
            int start = out.position();
            out.putFloat(talker.temperature()).putInt(talker.topK()).putFloat(talker.topP());
            out.putFloat(repetitionPenalty);
            out.putFloat(predictor.temperature()).putInt(predictor.topK()).putFloat(predictor.topP());
            out.putInt(maxDraws);
            out.putLong(seed).putLong(stream);
            out.putInt(trailingRows);
            out.position(start + REQUEST_BYTES);
        }
    }
}
