package io.github.qwen3tts.examples.synth;

/** Makes an element out of a random number. */
@FunctionalInterface
interface Fill {

    /**
     * The value of an element.
     *
     * @param index  of the element
     * @param normal near a standard normal number, but never beyond 3.5
     */
    double value(long index, double normal);

    static Fill normal(double deviation) {
        return (index, normal) -> normal * deviation;
    }

    static Fill around(double mean, double deviation) {
        return (index, normal) -> mean + normal * deviation;
    }

    /** Zero mean, except for one row of {@code width} elements. */
    static Fill normalWithRow(double deviation, int row, int width, double mean) {
        return (index, normal) -> normal * deviation + (index / width == row ? mean : 0);
    }
}
