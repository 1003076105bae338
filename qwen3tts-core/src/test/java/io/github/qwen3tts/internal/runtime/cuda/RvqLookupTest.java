package io.github.qwen3tts.internal.runtime.cuda;

import static io.github.qwen3tts.internal.runtime.cuda.TestDevice.assertClose;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RvqLookupTest {

    private final Random random = new Random(18);

    @Test
    void theFirstGroupStandsAloneAndTheOthersAdd() {
        int groups = 5;
        int codebook = 13;
        int dim = 131;
        float[] codebooks = TestDevice.random(random, groups * codebook * dim, 1);
        int[] codes = {0, 12, 3, 4, 5, 12, 0, 0, 7, 1, 700, -1, 13, 2, 2};
        try (TestDevice device = TestDevice.open()) {
            Rows out = device.emptyRows(3, 2 * dim);
            Launch launch =
                    new RvqLookup(device.floats(codebooks), groups, codebook, dim).launch(device.ints(codes), out);

            float[] actual = device.inEveryOrder(launch, out);

            float[] expected = new float[3 * 2 * dim];
            for (int row = 0; row < 3; row++) {
                for (int g = 0; g < groups; g++) {
                    int code = Math.max(0, Math.min(codebook - 1, codes[row * groups + g]));
                    for (int i = 0; i < dim; i++) {
                        expected[row * 2 * dim + (g == 0 ? 0 : dim) + i] += codebooks[(g * codebook + code) * dim + i];
                    }
                }
            }
            assertClose("rvq lookup", expected, actual, 2e-6);
        }
    }
}
