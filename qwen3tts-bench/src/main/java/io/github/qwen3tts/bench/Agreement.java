package io.github.qwen3tts.bench;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** How alike two models score the same draws; counted draw by draw. */
final class Agreement {

    private final List<Double> cosines = new ArrayList<>();
    private int sameBest;

    /**
     * What the draws came to.
     *
     * @param cosine   between the raw scores of a draw
     * @param sameBest share of the draws whose best allowed code is the same
     */
    record Score(Summary cosine, double sameBest) {}

    /** One draw: raw scores of both models, and the code each of them would draw greedily. */
    void add(float[] expected, FloatBuffer actual, int expectedBest, int actualBest) {
        double products = 0;
        double squaresExpected = 0;
        double squaresActual = 0;
        for (int i = 0; i < expected.length; i++) {
            double a = expected[i];
            double b = actual.get(i);
            products += a * b;
            squaresExpected += a * a;
            squaresActual += b * b;
        }
        cosines.add(products / Math.sqrt(squaresExpected * squaresActual));
        if (expectedBest == actualBest) {
            sameBest++;
        }
    }

    Score score() {
        Summary cosine = Summary.of(cosines.stream().mapToDouble(d -> d).toArray());
        return new Score(cosine, (double) sameBest / cosines.size());
    }
}
