package io.github.qwen3tts.internal.onnx;

import static io.github.qwen3tts.internal.onnx.Plain.assertClose;
import static io.github.qwen3tts.internal.onnx.Plain.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.internal.onnx.Layers.Conv;
import io.github.qwen3tts.internal.onnx.Layers.Heads;
import io.github.qwen3tts.internal.onnx.Layers.KvCache;
import io.github.qwen3tts.internal.onnx.Layers.ResidualNorm;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every layer at a tiny size, run by the runtime, against its twin in plain loops. */
class LayersTest {

    private final TinyGraph g = new TinyGraph();

    @AfterEach
    void close() {
        g.close();
    }

    @Test
    void rmsNormIsThatOfTheOfficialModel() {
        Value x = g.floats("x", new float[] {1, 2, 3, 4}, 1, 4);
        Value w = g.floats("w", new float[] {1, 1, 1, 1}, 4);
        assertArrayEquals(
                new float[] {0.365148f, 0.730297f, 1.095445f, 1.460593f}, g.run(Layers.rmsNorm(x, w, 1e-6f)), 1e-6f);
    }

    @Test
    void rmsNormWorksRowByRow() {
        float[] x = random(1, 15);
        float[] w = random(2, 5);
        Value y = Layers.rmsNorm(g.floats("x", x, 3, 5), g.floats("w", w, 5), 1e-2f);
        assertClose(Plain.rmsNorm(x, w, 1e-2), g.run(y));
    }

    @Test
    void rmsNormTakesAWeightPerHead() {
        float[] x = random(1, 2 * 3 * 4);
        float[] w = random(2, 3 * 4);
        Value y = Layers.rmsNorm(g.floats("x", x, 1, 2, 3, 4), g.floats("w", w, 1, 1, 3, 4), 1e-6f);
        float[] ones = {1, 1, 1, 1};
        assertClose(Plain.times(Plain.rmsNorm(x, ones, 1e-6), w), g.run(y));
    }

    @Test
    void residualRmsNormGivesTheSumAndItsNorm() {
        float[] x = random(1, 15);
        float[] residual = random(2, 15);
        float[] w = random(3, 5);
        ResidualNorm y = Layers.residualRmsNorm(
                g.floats("x", x, 3, 5), g.floats("residual", residual, 3, 5), g.floats("w", w, 5), 1e-6f);
        List<float[]> results = g.runAll(y.sum(), y.normed());
        float[] sum = Plain.plus(x, residual);
        assertClose(sum, results.get(0));
        assertClose(Plain.rmsNorm(sum, w, 1e-6), results.get(1));
    }

    @Test
    void layerNormCentresAndScales() {
        float[] x = random(1, 15);
        float[] w = random(2, 5);
        float[] b = random(3, 5);
        Value y = Layers.layerNorm(g.floats("x", x, 3, 5), g.floats("w", w, 5), g.floats("b", b, 5), 1e-2f);
        assertClose(Plain.layerNorm(x, w, b, 1e-2), g.run(y));
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void linearMultipliesByTheTransposedWeight(boolean biased) {
        float[] x = random(1, 4 * 3);
        float[] w = random(2, 5 * 3);
        float[] b = biased ? random(3, 5) : null;
        Value y = Layers.linear(g.floats("x", x, 4, 3), g.floats("w", w, 5, 3), biased ? g.floats("b", b, 5) : null);
        assertClose(Plain.linear(x, w, b, 3, 5), g.run(y));
    }

    @ParameterizedTest
    @CsvSource({
        "1,1,1,true",
        "1,1,1,false",
        "2,1,1,true",
        "1,3,1,true",
        "3,2,1,false",
        "1,1,2,true",
        "1,1,4,true",
        "2,2,2,false"
    })
    void convRunsWithStrideDilationAndGroups(int stride, int dilation, int groups, boolean biased) {
        int in = 4;
        int out = 8;
        int kernel = 3;
        int time = 11;
        float[] x = random(1, in * time);
        float[] w = random(2, out * (in / groups) * kernel);
        float[] b = biased ? random(3, out) : null;
        Value y = Layers.conv(
                g.floats("x", x, 1, in, time),
                g.floats("w", w, out, in / groups, kernel),
                biased ? g.floats("b", b, out) : null,
                new Conv(stride, dilation, groups));
        assertClose(Plain.conv(x, w, b, in, kernel, 0, stride, dilation, groups), g.run(y));
    }

    /** Frequencies 1 and 0.001: theta 1e6 at a head of four. */
    @Test
    void rotaryIsThatOfTheOfficialModel() {
        float[] cos = new float[8];
        float[] sin = new float[8];
        for (int p = 0; p < 4; p++) {
            cos[2 * p] = (float) Math.cos(p);
            sin[2 * p] = (float) Math.sin(p);
            cos[2 * p + 1] = (float) Math.cos(p * 0.001f);
            sin[2 * p + 1] = (float) Math.sin(p * 0.001f);
        }
        Value y = Layers.rotary(
                g.floats("x", new float[] {1, 2, 3, 4}, 1, 1, 1, 4),
                g.longs("position", new long[] {3}, 1),
                g.floats("cos", cos, 4, 2),
                g.floats("sin", sin, 4, 2));
        assertArrayEquals(new float[] {-1.413352f, 1.987991f, -2.828857f, 4.005982f}, g.run(y), 2e-6f);
    }

    @Test
    void rotaryCountsPositionsFromTheFirst() {
        int heads = 3;
        int time = 4;
        int dim = 8;
        int first = 2;
        float[] x = random(1, time * heads * dim);
        Rotation rotation = new Rotation(10, dim, 10_000);
        Value rows = g.floats("x", x, 1, time, heads, dim).transpose(0, 2, 1, 3);
        Value y = Layers.rotary(
                rows,
                g.longs("position", new long[] {first}, 1),
                g.floats("cos", rotation.cos, 10, dim / 2),
                g.floats("sin", rotation.sin, 10, dim / 2));
        assertClose(Plain.rotary(x, heads, dim, first, 10_000), g.run(y.transpose(0, 2, 1, 3)));
    }

    @Test
    void layersRefuseOperandsThatDoNotFitAndNameThePlaceAndTheShapes() {
        Value x =
                g.floats("x", random(1, 6), 2, 3).in(g.root.at("model.layers.3").at("mlp"));
        Value square = g.floats("square", random(1, 4), 2, 2);
        Value cube = g.floats("cube", random(1, 6), 1, 2, 3).in(g.root.at("decoder.0"));
        Value kernel = g.floats("kernel", random(1, 12), 3, 1, 4);
        assertRefused(
                () -> Layers.linear(x, square, null),
                "Gemm: at=model.layers.3.mlp, left=[2, 3], weight=[2, 2], bias=none");
        assertRefused(
                () -> Layers.linear(cube, square, null),
                "Gemm: at=decoder.0, left=[1, 2, 3], weight=[2, 2], bias=none");
        assertRefused(
                () -> Layers.linear(x, x, x), "Gemm: at=model.layers.3.mlp, left=[2, 3], weight=[2, 3], bias=[2, 3]");
        assertRefused(
                () -> Layers.rmsNorm(x, square, 1e-6f),
                "SimplifiedLayerNormalization: at=model.layers.3.mlp, left=[2, 3], weight=[2, 2]");
        assertRefused(
                () -> Layers.rmsNorm(x, cube, 1e-6f),
                "SimplifiedLayerNormalization: at=model.layers.3.mlp, left=[2, 3], weight=[1, 2, 3]");
        assertRefused(
                () -> Layers.residualRmsNorm(x, square, x, 1e-6f),
                "SkipSimplifiedLayerNormalization: at=model.layers.3.mlp, left=[2, 3], right=[2, 2], weight=[2, 3]");
        assertRefused(
                () -> Layers.residualRmsNorm(x, x, square, 1e-6f),
                "SkipSimplifiedLayerNormalization: at=model.layers.3.mlp, left=[2, 3], right=[2, 3], weight=[2, 2]");
        assertRefused(
                () -> Layers.layerNorm(x, square, square, 1e-6f),
                "LayerNormalization: at=model.layers.3.mlp, left=[2, 3], weight=[2, 2], bias=[2, 2]");
        assertRefused(
                () -> Layers.conv(cube, kernel, null, Conv.PLAIN),
                "Conv: at=decoder.0, left=[1, 2, 3], weight=[3, 1, 4], bias=none, groups=1");
        assertRefused(
                () -> Layers.conv(cube, kernel, null, new Conv(1, 1, 2)),
                "Conv: at=decoder.0, left=[1, 2, 3], weight=[3, 1, 4], bias=none, groups=2");
        assertRefused(
                () -> Layers.conv(cube, g.floats("k", random(1, 4), 2, 2, 1), x, Conv.PLAIN),
                "Conv: at=decoder.0, left=[1, 2, 3], weight=[2, 2, 1], bias=[2, 3], groups=1");
        assertRefused(
                () -> Layers.groupQueryAttention(cube, cube, cube, new KvCache(x, x, x, x, x, x), new Heads(2, 1, 4)),
                "GroupQueryAttention: at=decoder.0, left=[1, 2, 3], k=[1, 2, 3], v=[1, 2, 3], heads=Heads[");
    }

    /** Tables of the rotary embedding in double. */
    static final class Rotation {
        final float[] cos; // [positions, dim / 2]
        final float[] sin;

        Rotation(int positions, int dim, double theta) {
            int half = dim / 2;
            cos = new float[positions * half];
            sin = new float[positions * half];
            for (int i = 0; i < cos.length; i++) {
                double angle = i / half * Math.pow(theta, -2.0 * (i % half) / dim);
                cos[i] = (float) Math.cos(angle);
                sin[i] = (float) Math.sin(angle);
            }
        }
    }

    private static void assertRefused(Executable action, String part) {
        String message = assertThrows(IllegalArgumentException.class, action).getMessage();
        assertTrue(message.contains("cannot add " + part), message);
    }
}
