package io.github.qwen3tts.internal.onnx;

import static io.github.qwen3tts.internal.onnx.Plain.assertClose;
import static io.github.qwen3tts.internal.onnx.Plain.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.qwen3tts.internal.onnx.Layers.Attention;
import io.github.qwen3tts.internal.onnx.Layers.Heads;
import io.github.qwen3tts.internal.onnx.Layers.KvCache;
import io.github.qwen3tts.internal.runtime.OrtModel;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.Tensor;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention over a cache that is written in place, a prompt and then step by step, against all at once in loops. */
class GroupQueryAttentionTest {

    private static final int TIME = 9;
    private static final int CAPACITY = 12;
    private static final double THETA = 1e6;

    @ParameterizedTest
    @CsvSource({"4,2,16,4", "4,1,32,1", "2,2,16,7", "6,3,16,9"})
    void promptAndStepsEqualAllAtOnce(int heads, int kvHeads, int dim, int prompt) {
        float[] q = random(1, TIME * heads * dim);
        float[] k = random(2, TIME * kvHeads * dim);
        float[] v = random(3, TIME * kvHeads * dim);
        float[] rotatedKeys = Plain.rotary(k, kvHeads, dim, 0, THETA);
        float[] expected = Plain.attention(
                Plain.rotary(q, heads, dim, 0, THETA), rotatedKeys, v, heads, kvHeads, dim, Integer.MAX_VALUE);

        float[] actual = new float[expected.length];
        try (Cache cache = new Cache(heads, kvHeads, dim)) {
            for (int t = 0; t < TIME; t += t == 0 ? prompt : 1) {
                int count = t == 0 ? prompt : 1;
                float[] rows = cache.pass(
                        count,
                        rows(q, t, count, heads * dim),
                        rows(k, t, count, kvHeads * dim),
                        rows(v, t, count, kvHeads * dim));
                System.arraycopy(rows, 0, actual, t * heads * dim, rows.length);
            }
            assertClose(expected, actual);
            assertClose(rotatedKeys, cache.stored(cache.keys, TIME));
            assertArrayEquals(v, cache.stored(cache.values, TIME));
        }
    }

    @ParameterizedTest
    @CsvSource({"4,2,16"})
    void whatLiesBehindTheEndOfTheCacheIsNotSeen(int heads, int kvHeads, int dim) {
        float[] q = random(1, heads * dim);
        float[] k = random(2, kvHeads * dim);
        float[] v = random(3, kvHeads * dim);
        try (Cache clean = new Cache(heads, kvHeads, dim);
                Cache dirty = new Cache(heads, kvHeads, dim)) {
            dirty.keys.floats().put(random(4, (long) kvHeads * CAPACITY * dim));
            dirty.values.floats().put(random(5, (long) kvHeads * CAPACITY * dim));
            assertArrayEquals(clean.pass(1, q, k, v), dirty.pass(1, q, k, v));
        }
    }

    private static float[] rows(float[] all, int from, int count, int width) {
        return Arrays.copyOfRange(all, from * width, (from + count) * width);
    }

    /** The graph, and the cache it works on. */
    private static final class Cache implements AutoCloseable {

        private final Scope owned = new Scope();
        private final OrtRuntime runtime = OrtRuntime.start(new OrtRuntime.Threads(2, false));
        private final Heads heads;
        private final Tensor keys;
        private final Tensor values;
        private final Tensor lastIndex = owned.own(Tensor.ints(1));
        private final Tensor totalTokens = owned.own(Tensor.ints(1));
        private final Tensor cos;
        private final Tensor sin;
        private final OrtModel model;
        private int tokens;

        Cache(int queryHeads, int kvHeads, int dim) {
            heads = new Heads(queryHeads, kvHeads, dim);
            keys = owned.own(Tensor.floats(1, kvHeads, CAPACITY, dim));
            values = owned.own(Tensor.floats(1, kvHeads, CAPACITY, dim));
            LayersTest.Rotation rotation = new LayersTest.Rotation(CAPACITY, dim, THETA);
            cos = owned.own(Tensor.floats(CAPACITY, dim / 2));
            sin = owned.own(Tensor.floats(CAPACITY, dim / 2));
            cos.floats().put(rotation.cos);
            sin.floats().put(rotation.sin);
            model = owned.own(runtime.open(graph(), OrtRuntime.Size.SMALL));
        }

        private OnnxModel graph() {
            Graph g = Graph.named("attention", null);
            int dim = heads.headDim();
            Object[] shape = {1, heads.kvHeads(), "capacity", dim};
            KvCache cache = new KvCache(
                    g.input("past_keys", ElementType.FLOAT, shape),
                    g.input("past_values", ElementType.FLOAT, shape),
                    g.input("last_index", ElementType.INT32, 1),
                    g.input("total_tokens", ElementType.INT32, 1),
                    g.input("cos", ElementType.FLOAT, "positions", dim / 2),
                    g.input("sin", ElementType.FLOAT, "positions", dim / 2));
            Attention attention = Layers.groupQueryAttention(
                    g.input("q", ElementType.FLOAT, 1, "time", heads.heads() * dim),
                    g.input("k", ElementType.FLOAT, 1, "time", heads.kvHeads() * dim),
                    g.input("v", ElementType.FLOAT, 1, "time", heads.kvHeads() * dim),
                    cache,
                    heads);
            g.output("out", attention.out());
            g.output("keys", attention.keys());
            g.output("values", attention.values());
            return g.finish();
        }

        float[] pass(int count, float[] q, float[] k, float[] v) {
            tokens += count;
            lastIndex.ints().put(0, tokens - 1);
            totalTokens.ints().put(0, tokens);
            try (Scope pass = new Scope()) {
                Tensor out = pass.own(Tensor.floats(1, count, q.length / count));
                model.run(new OrtModel.Bindings()
                        .input("q", tensor(pass, q, count))
                        .input("k", tensor(pass, k, count))
                        .input("v", tensor(pass, v, count))
                        .input("past_keys", keys)
                        .input("past_values", values)
                        .input("last_index", lastIndex)
                        .input("total_tokens", totalTokens)
                        .input("cos", cos)
                        .input("sin", sin)
                        .output("out", out)
                        .output("keys", keys)
                        .output("values", values));
                float[] rows = new float[q.length];
                out.floats().get(rows);
                return rows;
            }
        }

        private static Tensor tensor(Scope owner, float[] values, int count) {
            Tensor tensor = owner.own(Tensor.floats(1, count, values.length / count));
            tensor.floats().put(values);
            return tensor;
        }

        /** The first tokens of a cache as {@code [time, kvHeads, dim]}. */
        float[] stored(Tensor cache, int time) {
            int dim = heads.headDim();
            float[] rows = new float[time * heads.kvHeads() * dim];
            for (int t = 0; t < time; t++) {
                for (int head = 0; head < heads.kvHeads(); head++) {
                    cache.floats().get((head * CAPACITY + t) * dim, rows, (t * heads.kvHeads() + head) * dim, dim);
                }
            }
            return rows;
        }

        @Override
        public void close() {
            owned.close();
        }
    }
}
