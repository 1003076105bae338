package io.github.qwen3tts.internal.sample;

import io.github.qwen3tts.api.DeviceException;

/** Chooses one code. The talker and the code predictor each get their own; stateless, for any number of threads. */
@FunctionalInterface
public interface Sampler {

    /** The code with the largest score, the lowest one on ties. Uses no randomness. */
    Sampler GREEDY = (candidates, uniform) -> candidates.best();

    /**
     * The sampler that some options ask for.
     *
     * @param options temperature 0 is {@link #GREEDY}
     * @return draws by temperature, top-k and top-p in this order
     */
    static Sampler of(Sampling options) {
        if (options.isGreedy()) {
            return GREEDY;
        }
        return (candidates, uniform) -> {
            candidates.keep(options);
            return candidates.draw(uniform);
        };
    }

    /**
     * Chooses a code.
     *
     * @param candidates loaded with the scores of this draw; changed
     * @param uniform    in {@code [0, 1)}
     * @return the code
     * @throws DeviceException if no code has a finite score
     */
    int draw(Candidates candidates, float uniform);
}
