package io.github.qwen3tts.internal.onnx;

import static io.github.qwen3tts.internal.onnx.Plain.assertClose;
import static io.github.qwen3tts.internal.onnx.Plain.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.internal.onnx.Value.Padding;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Every operator, run by the runtime, against arithmetic of Java; and what the builder says of shapes. */
class ValueTest {

    private static final float[] X = {-3f, -1.5f, -0.5f, 0f, 0.5f, 1.5f, 2.5f, 3f};

    private final TinyGraph g = new TinyGraph();

    @AfterEach
    void close() {
        g.close();
    }

    @Test
    void functionsOfOneElementAreThoseOfMath() {
        record Case(UnaryOperator<Value> graph, DoubleUnaryOperator java) {}
        Map<String, Case> cases = Map.ofEntries(
                Map.entry("sqrt", new Case(x -> x.times(x).sqrt(), Math::abs)),
                Map.entry("tanh", new Case(Value::tanh, Math::tanh)),
                Map.entry("sigmoid", new Case(Value::sigmoid, x -> 1 / (1 + Math.exp(-x)))),
                Map.entry("relu", new Case(Value::relu, x -> Math.max(x, 0))),
                Map.entry("elu", new Case(Value::elu, x -> x > 0 ? x : Math.expm1(x))),
                Map.entry("silu", new Case(Value::silu, x -> x / (1 + Math.exp(-x)))),
                Map.entry("plus", new Case(x -> x.plus(2.5f), x -> x + 2.5)),
                Map.entry("times", new Case(x -> x.times(-2f), x -> x * -2)),
                Map.entry("atLeast", new Case(x -> x.atLeast(0.25f), x -> Math.max(x, 0.25))),
                Map.entry("clamp", new Case(x -> x.clamp(-1, 1), x -> Math.max(-1, Math.min(1, x)))));
        Value x = g.floats("x", X, 8);
        List<Case> all = List.copyOf(cases.values());
        List<float[]> results =
                g.runAll(all.stream().map(c -> c.graph().apply(x)).toArray(Value[]::new));
        for (int i = 0; i < all.size(); i++) {
            DoubleUnaryOperator java = all.get(i).java();
            float[] expected = new float[X.length];
            for (int j = 0; j < X.length; j++) {
                expected[j] = (float) java.applyAsDouble(X[j]);
            }
            assertClose(expected, results.get(i));
        }
    }

    /** The tanh form would be off by 5e-4 here. */
    @Test
    void geluUsesTheErrorFunction() {
        assertClose(Plain.gelu(X), g.run(g.floats("x", X, 8).gelu()));
    }

    @Test
    void operandsAreBroadcast() {
        float[] a = random(1, 6);
        float[] b = {2, 3, 4};
        Value x = g.floats("a", a, 2, 3);
        Value y = g.floats("b", b, 3);
        List<float[]> results = g.runAll(x.plus(y), x.minus(y), x.times(y), x.over(y), y.minus(x));
        float[] plus = new float[6];
        float[] minus = new float[6];
        float[] over = new float[6];
        float[] swapped = new float[6];
        for (int i = 0; i < 6; i++) {
            plus[i] = a[i] + b[i % 3];
            minus[i] = a[i] - b[i % 3];
            over[i] = a[i] / b[i % 3];
            swapped[i] = b[i % 3] - a[i];
        }
        assertClose(plus, results.get(0));
        assertClose(minus, results.get(1));
        assertClose(Plain.times(a, b), results.get(2));
        assertClose(over, results.get(3));
        assertClose(swapped, results.get(4));
    }

    @Test
    void shapesAreChangedAsTheBuilderSays() {
        float[] a = random(1, 24);
        Value x = g.floats("x", a, 2, 3, 4);
        assertEquals("[2, 12]", x.reshape(0, -1).shape().toString());
        assertEquals("[6, 4]", x.reshape(-1, 4).shape().toString());
        assertEquals("[3, 2, 4]", x.transpose(1, 0, 2).shape().toString());
        assertArrayEquals(a, g.run(x.reshape(0, -1).reshape(4, 6).reshape(-1)));
    }

    @Test
    void transposeMovesRowsToColumns() {
        float[] a = random(1, 6);
        assertArrayEquals(Plain.transpose(a, 2), g.run(g.floats("x", a, 2, 3).transpose(1, 0)));
    }

    @Test
    void concatAndSplitAreInverse() {
        float[] a = random(1, 4);
        float[] b = random(2, 6);
        Value all = Value.concat(1, g.floats("a", a, 2, 2), g.floats("b", b, 2, 3));
        Value[] parts = all.split(1, 2, 3);
        List<float[]> results = g.runAll(all, parts[0], parts[1]);
        assertArrayEquals(new float[] {a[0], a[1], b[0], b[1], b[2], a[2], a[3], b[3], b[4], b[5]}, results.get(0));
        assertArrayEquals(a, results.get(1));
        assertArrayEquals(b, results.get(2));
    }

    @Test
    void concatOfOneIsItself() {
        Value x = g.floats("x", X, 8);
        assertSame(x, Value.concat(0, x));
    }

    @Test
    void slicesCountFromBothEnds() {
        Value x = g.floats("x", X, 2, 4);
        List<float[]> results = g.runAll(x.slice(1, 1, 3), x.slice(1, -3, -1), x.last(1, 1), x.slice(0, 1, 9));
        assertArrayEquals(new float[] {X[1], X[2], X[5], X[6]}, results.get(0));
        assertArrayEquals(new float[] {X[1], X[2], X[5], X[6]}, results.get(1));
        assertArrayEquals(new float[] {X[3], X[7]}, results.get(2));
        assertArrayEquals(Arrays.copyOfRange(X, 4, 8), results.get(3));
    }

    @Test
    void rowsAreCountedSplitAndCutOffAtRunTime() {
        Value x = g.floats("x", X, 4, 2);
        Value[] halves = x.splitRows(2);
        Value two = x.rows().minus(g.root.longs(2));
        List<float[]> results = g.runAll(halves[0], halves[1], x.first(two).as(2, 2));
        assertArrayEquals(Arrays.copyOf(X, 4), results.get(0));
        assertArrayEquals(Arrays.copyOfRange(X, 4, 8), results.get(1));
        assertArrayEquals(Arrays.copyOf(X, 4), results.get(2));
    }

    @Test
    void indicesOfRowsGrowUpToALimit() {
        Value rows = g.floats("x", X, 4, 2).rows();
        assertArrayEquals(
                new long[] {0, 1, 2, 2},
                g.runLongs(rows.indices().atMost(g.root.longs(2)).as(4)));
    }

    @Test
    void gatherLooksRowsUp() {
        Value table = g.floats("table", X, 4, 2);
        Value rows = table.gather(g.longs("rows", new long[] {3, 0, 3}, 1, 3));
        assertEquals("[1, 3, 2]", rows.shape().toString());
        assertArrayEquals(new float[] {X[6], X[7], X[0], X[1], X[6], X[7]}, g.run(rows));
    }

    @Test
    void padLengthensTheLastAxis() {
        Value x = g.floats("x", new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        List<float[]> results =
                g.runAll(x.pad(Padding.ZERO, 1, 2), x.pad(Padding.REPLICATE, 1, 2), x.pad(Padding.REFLECT, 2, 1));
        assertArrayEquals(new float[] {0, 1, 2, 3, 0, 0, 0, 4, 5, 6, 0, 0}, results.get(0));
        assertArrayEquals(new float[] {1, 1, 2, 3, 3, 3, 4, 4, 5, 6, 6, 6}, results.get(1));
        assertArrayEquals(new float[] {3, 2, 1, 2, 3, 2, 6, 5, 4, 5, 6, 5}, results.get(2));
    }

    @Test
    void reductionsKeepTheirAxis() {
        Value x = g.floats("x", new float[] {1, 2, 3, 4, 5, 9}, 2, 3);
        List<float[]> results = g.runAll(x.mean(1), x.sum(0), x.mean(-1));
        assertArrayEquals(new float[] {2, 6}, results.get(0));
        assertArrayEquals(new float[] {5, 7, 12}, results.get(1));
        assertArrayEquals(new float[] {2, 6}, results.get(2));
    }

    @Test
    void softmaxSumsToOneAlongItsAxis() {
        double e = Math.E;
        float[] y = g.run(g.floats("x", new float[] {0, 1, 1000, 1000}, 2, 2).softmax(-1));
        assertClose(new float[] {(float) (1 / (1 + e)), (float) (e / (1 + e)), 0.5f, 0.5f}, y);
    }

    @Test
    void argMaxTakesTheFirstOfEquals() {
        Value x = g.floats("x", new float[] {1, 7, 7, -2, -2, -3}, 2, 3);
        assertArrayEquals(new long[] {1, 0}, g.runLongs(x.argMax()));
    }

    @Test
    void matMulBroadcastsLeadingAxes() {
        float[] a = random(1, 2 * 2 * 3);
        float[] b = random(2, 3 * 4);
        Value y = g.floats("a", a, 2, 2, 3).matMul(g.floats("b", b, 3, 4));
        assertEquals("[2, 2, 4]", y.shape().toString());
        assertClose(Plain.linear(a, Plain.transpose(b, 3), null, 3, 4), g.run(y));
    }

    @Test
    void castKeepsNumbersAndSkipsNothing() {
        Value x = g.floats("x", X, 8);
        assertSame(x, x.cast(ElementType.FLOAT));
        assertArrayEquals(new long[] {-3, -1, 0, 0, 0, 1, 2, 3}, g.runLongs(x.cast(ElementType.INT64)));
    }

    @Test
    void dimensionsOfTheRunTimeKeepTheirNames() {
        Value x = g.root.input("frames", ElementType.FLOAT, 1, "time", 6);
        assertEquals("[1, time, 6]", x.plus(1).shape().toString());
        assertEquals("[time, 6]", x.reshape(-1, 6).shape().toString());
        assertEquals("[1, time, 2, 3]", x.reshape(1, -1, 2, 3).shape().toString());
        assertEquals("[1, 6, time]", x.transpose(0, 2, 1).shape().toString());
        assertEquals("[6*time]", x.reshape(-1).shape().toString());
        assertEquals("[1, time+time, 6]", Value.concat(1, x, x).shape().toString());
        assertEquals("[1, 1, 6]", x.last(1, 1).shape().toString());
        assertEquals("[1, time, 3]", x.split(2, 3, 3)[0].shape().toString());
        assertEquals("[1, seconds, 6]", x.as(1, "seconds", 6).shape().toString());
    }

    @Test
    void operandsThatDoNotFitAreRefusedWithPlaceAndShapes() {
        Value x =
                g.floats("x", random(1, 6), 2, 3).in(g.root.at("model.layers.3").at("mlp.up_proj"));
        Value y = g.floats("y", random(1, 8), 4, 2);
        String at = "at=model.layers.3.mlp.up_proj, left=[2, 3], ";
        assertRefused(() -> x.plus(y), "cannot add Add: " + at + "right=[4, 2], types=FLOAT/FLOAT");
        assertRefused(() -> x.minus(y), "cannot add Sub: " + at + "right=[4, 2]");
        assertRefused(() -> x.times(y), "cannot add Mul: " + at + "right=[4, 2]");
        assertRefused(() -> x.over(y), "cannot add Div: " + at + "right=[4, 2]");
        assertRefused(
                () -> x.plus(g.longs("n", new long[] {1}, 1)),
                "cannot add Add: " + at + "right=[1], types=FLOAT/INT64");
        assertRefused(() -> x.matMul(y), "cannot add MatMul: " + at + "right=[4, 2]");
        assertRefused(() -> x.matMul(g.floats("z", random(1, 3), 3)), "cannot add MatMul: " + at + "right=[3]");
        assertRefused(() -> Value.concat(0, x, y), "cannot add Concat: " + at + "axis=0, right=[4, 2]");
        assertRefused(() -> x.split(1, 1, 1), "cannot add Split: " + at + "axis=1, sizes=[1, 1]");
        assertRefused(() -> x.splitRows(3), "cannot add Split: " + at + "axis=0, parts=3");
        assertRefused(() -> x.atMost(y), "cannot add Min: " + at + "right=[4, 2]");
        assertRefused(() -> x.as("time", 3), "cannot add shape: " + at + "stated=[time, 3]");
        assertRefused(() -> x.as(2, 4), "cannot add shape: " + at + "stated=[2, 4]");
        assertRefused(() -> x.as(2, 3, 1), "cannot add shape: " + at + "stated=[2, 3, 1]");
        assertRefused(() -> x.reshape(4, 2), "cannot add Reshape: " + at + "to=[4, 2]");
        assertRefused(() -> x.reshape(-1, 4), "cannot add Reshape: " + at + "to=[-1, 4]");
        assertRefused(() -> x.reshape(-1, -1), "cannot add Reshape: " + at + "to=[-1, -1]");
        assertRefused(() -> x.transpose(0), "cannot add Transpose: " + at + "axes=[0]");
        assertRefused(() -> x.transpose(0, 0), "cannot add Transpose: " + at + "axes=[0, 0]");
        assertRefused(() -> x.transpose(0, 2), "axis out of range: axis=2, shape=[2, 3]");
        assertRefused(() -> x.slice(2, 0, 1), "axis out of range: axis=2, shape=[2, 3]");
        assertRefused(() -> x.last(1, 4), "cannot add Slice: " + at + "axis=1, last=4");
        assertRefused(() -> x.mean(5), "axis out of range: axis=5, shape=[2, 3]");
        assertRefused(() -> x.softmax(-3), "axis out of range: axis=-3, shape=[2, 3]");
    }

    private static void assertRefused(Executable action, String part) {
        String message = assertThrows(IllegalArgumentException.class, action).getMessage();
        assertTrue(message.contains(part), message);
    }
}
