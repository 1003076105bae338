package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import java.util.List;

/**
 * Talker, code predictor and sampling: makes the codes of speech, frame by frame, for any number of streams. For one
 * thread at a time; streams are independent of each other and of the order they are stepped in.
 */
public interface LanguageModel extends AutoCloseable {

    /** One stream of frames. */
    interface Generation extends AutoCloseable {

        /**
         * How far the stream is.
         *
         * @return changes with every step until it is no longer {@link Progress#FRAME}
         * @throws DeviceException if the last step failed for this stream, and for no other
         */
        Progress progress();

        /**
         * The frame the last step made.
         *
         * @return {@code [codeGroups]}, valid until the next step
         */
        int[] codes();

        /**
         * Frames made so far.
         *
         * @return the count
         */
        int frames();

        /** Gives the stream's memory back. */
        @Override
        void close();
    }

    /** What a step came to. */
    enum Progress {
        /** A frame, and more to come. */
        FRAME,
        /** No frame: the speech is over. */
        END_OF_SPEECH,
        /** No frame: the limit of draws is reached. */
        LIMIT
    }

    /**
     * The key of a stream's random numbers: same key, same speech, however streams are batched or chunked.
     *
     * @param seed   chosen by the caller
     * @param stream tells streams of one seed apart
     */
    record RandomKey(long seed, long stream) {}

    /**
     * Reads a prompt. The stream's first step makes its first frame.
     *
     * @param prompt     what to speak, and in which voice
     * @param generation how codes are drawn
     * @param key        where randomness comes from
     * @return the stream, to be closed by the caller
     * @throws DeviceException if the runtime fails or memory runs out
     */
    Generation begin(Prompt prompt, GenerationOptions generation, RandomKey key);

    /**
     * How many streams gain from being stepped together.
     *
     * @return 1 if they take turns anyway
     */
    int maxBatch();

    /**
     * Takes every stream one frame further.
     *
     * @param streams of this model, at most {@link #maxBatch()}, each still making frames
     * @throws DeviceException if the runtime fails; the streams are unusable then
     */
    void step(List<Generation> streams);

    @Override
    void close();
}
