package io.github.qwen3tts.audio.internal.dsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RealFftTest {

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8, 64, 1024})
    void equalsTheSumItIsDefinedBy(int size) {
        Random random = new Random(size);
        double[] x = random.doubles(size, -1, 1).toArray();
        double[] re = new double[size / 2 + 1];
        double[] im = new double[size / 2 + 1];
        RealFft fft = new RealFft(size);
        fft.transform(random.doubles(size).toArray(), re, im); // leaves nothing behind
        fft.transform(x, re, im);
        for (int k = 0; k <= size / 2; k++) {
            double expectedRe = 0;
            double expectedIm = 0;
            for (int n = 0; n < size; n++) {
                double angle = 2 * Math.PI * ((long) k * n % size) / size;
                expectedRe += x[n] * Math.cos(angle);
                expectedIm -= x[n] * Math.sin(angle);
            }
            assertEquals(expectedRe, re[k], 1e-12 * size, "real part of bin " + k);
            assertEquals(expectedIm, im[k], 1e-12 * size, "imaginary part of bin " + k);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 1000, -1024})
    void refusesOtherSizes(int size) {
        assertThrows(IllegalArgumentException.class, () -> new RealFft(size));
    }
}
