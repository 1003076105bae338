package io.github.qwen3tts.internal.engine;

import io.github.qwen3tts.api.ChunkSchedule;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import java.util.List;

/**
 * One speech to be made, all defaults resolved.
 *
 * @param pieces     what, and in which voice: one prompt for each piece of the text, at least one; spoken one after the
 *                   other with {@link #PAUSE_FRAMES} between. They differ in their text only
 * @param generation how codes are drawn; its limit holds for each piece
 * @param maxFrames  of all pieces and pauses together
 * @param seed       of the randomness; piece n draws from the n-th stream of numbers of this seed, counted from 0, so that
 *                   the first one sounds as it does alone
 * @param chunks     how many frames are delivered at a time
 */
public record SpeechJob(
        List<Prompt> pieces, GenerationOptions generation, int maxFrames, long seed, ChunkSchedule chunks) {

    /** Silence between two pieces: 240 ms, about as long as a speaker pauses between two sentences. */
    static final int PAUSE_FRAMES = 3;

    int[] referenceCodes() {
        return pieces.get(0).referenceCodes();
    }
}
