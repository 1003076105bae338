package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.internal.sample.Candidates;
import io.github.qwen3tts.internal.sample.Sampler;

/** Draws nothing: hands out codes in the order the groups of each frame are drawn, then the code that ends speech. */
final class ForcedCodes implements Sampler {

    private final int[] codes; // [frames * groups]
    private final int end;
    private int next;

    ForcedCodes(int[] codes, int end) {
        this.codes = codes;
        this.end = end;
    }

    @Override
    public int draw(Candidates candidates, float uniform) {
        return next < codes.length ? codes[next++] : end;
    }
}
