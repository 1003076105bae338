package io.github.qwen3tts.internal.model.graph;

import static io.github.qwen3tts.internal.onnx.Plain.assertClose;
import static io.github.qwen3tts.internal.onnx.Plain.random;

import io.github.qwen3tts.internal.checkpoint.TransformerConfig;
import io.github.qwen3tts.internal.onnx.ElementType;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Plain;
import io.github.qwen3tts.internal.runtime.OrtModel;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.Tensor;
import io.github.qwen3tts.internal.safetensors.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two layers of the talker at a tiny size, a prompt and then step by step, against all at once in loops. */
class DecoderLayersTest {

    private static final TransformerConfig C = new TransformerConfig(8, 12, 2, 4, 2, 16, 1e-6f, 1e6);
    private static final int TIME = 7;
    private static final int CAPACITY = 9;

    @TempDir
    private Path directory;

    private final Weights weights = new Weights(3);

    @ParameterizedTest
    @ValueSource(ints = {1, 4, TIME})
    void promptAndStepsEqualAllAtOnceInLoops(int prompt) throws IOException {
        randomWeights();
        float[] x = random(4, TIME * C.hidden());
        float[] hidden = new float[x.length];
        float[] layer0 = new float[x.length];
        try (Run run = new Run()) {
            for (int t = 0; t < TIME; t += t == 0 ? prompt : 1) {
                run.pass(x, t, t == 0 ? prompt : 1, hidden, layer0);
            }
        }
        float[] first = layer(x, 0);
        assertClose(first, layer0);
        assertClose(Plain.rmsNorm(layer(first, 1), weights.get("m.norm.weight"), C.normEps()), hidden);
    }

    /** With an epsilon as large as the mean squares, each norm shows whether it adds it. */
    @Test
    void everyNormAddsTheEpsilonOfTheConfiguration() throws IOException {
        randomWeights();
        float[] x = random(4, C.hidden());
        float[] hidden = new float[x.length];
        TransformerConfig coarse = new TransformerConfig(8, 12, 2, 4, 2, 16, 0.5f, 1e6);
        try (Run run = new Run(coarse)) {
            run.pass(x, 0, 1, hidden, new float[x.length]);
        }
        assertClose(Plain.rmsNorm(layer(layer(x, 0, 0.5), 1, 0.5), weights.get("m.norm.weight"), 0.5), hidden);
    }

    private void randomWeights() {
        for (int i = 0; i < C.layers(); i++) {
            String layer = "m.layers." + i;
            weights.random(layer + ".input_layernorm.weight", C.hidden())
                    .random(layer + ".post_attention_layernorm.weight", C.hidden())
                    .random(layer + ".self_attn.q_norm.weight", C.headDim())
                    .random(layer + ".self_attn.k_norm.weight", C.headDim())
                    .random(layer + ".self_attn.q_proj.weight", C.queryWidth(), C.hidden())
                    .random(layer + ".self_attn.k_proj.weight", C.kvWidth(), C.hidden())
                    .random(layer + ".self_attn.v_proj.weight", C.kvWidth(), C.hidden())
                    .random(layer + ".self_attn.o_proj.weight", C.hidden(), C.queryWidth())
                    .random(layer + ".mlp.gate_proj.weight", C.intermediate(), C.hidden())
                    .random(layer + ".mlp.up_proj.weight", C.intermediate(), C.hidden())
                    .random(layer + ".mlp.down_proj.weight", C.hidden(), C.intermediate());
        }
        weights.random("m.norm.weight", C.hidden());
    }

    private float[] layer(float[] x, int index) {
        return layer(x, index, C.normEps());
    }

    private float[] layer(float[] x, int index, double eps) {
        String layer = "m.layers." + index;
        String attn = layer + ".self_attn.";
        float[] h = Plain.rmsNorm(x, weights.get(layer + ".input_layernorm.weight"), eps);
        float[] q = Plain.linear(h, weights.get(attn + "q_proj.weight"), null, C.hidden(), C.queryWidth());
        float[] k = Plain.linear(h, weights.get(attn + "k_proj.weight"), null, C.hidden(), C.kvWidth());
        float[] v = Plain.linear(h, weights.get(attn + "v_proj.weight"), null, C.hidden(), C.kvWidth());
        q = Plain.rmsNorm(q, weights.get(attn + "q_norm.weight"), eps);
        k = Plain.rmsNorm(k, weights.get(attn + "k_norm.weight"), eps);
        q = Plain.rotary(q, C.heads(), C.headDim(), 0, C.ropeTheta());
        k = Plain.rotary(k, C.kvHeads(), C.headDim(), 0, C.ropeTheta());
        h = Plain.attention(q, k, v, C.heads(), C.kvHeads(), C.headDim(), Integer.MAX_VALUE);
        x = Plain.plus(x, Plain.linear(h, weights.get(attn + "o_proj.weight"), null, C.queryWidth(), C.hidden()));
        h = Plain.rmsNorm(x, weights.get(layer + ".post_attention_layernorm.weight"), eps);
        h = Plain.swiGlu(
                h,
                weights.get(layer + ".mlp.gate_proj.weight"),
                weights.get(layer + ".mlp.up_proj.weight"),
                weights.get(layer + ".mlp.down_proj.weight"),
                C.hidden());
        return Plain.plus(x, h);
    }

    /** The layers as a graph of their own, and one stream's cache. */
    private final class Run implements AutoCloseable {

        private final Scope owned = new Scope();
        private final OrtModel model;
        private final OrtModel.Bindings cache = new OrtModel.Bindings();
        private final Tensor lastIndex;
        private final Tensor totalTokens;

        Run() throws IOException {
            this(C);
        }

        Run(TransformerConfig config) throws IOException {
            OrtRuntime runtime = OrtRuntime.start(new OrtRuntime.Threads(2, false));
            Graph root = Graph.named("layers", weights.write(directory.resolve("layers.safetensors")));
            DecoderLayers layers = new DecoderLayers(root, config, Projections.FLOAT32);
            root.output(
                    "hidden", layers.apply(root.at("m"), root.input("x", ElementType.FLOAT, "time", config.hidden())));
            root.output("layer0", layers.firstLayerOut());
            model = owned.own(runtime.open(root.finish(), OrtRuntime.Size.SMALL));
            lastIndex = owned.own(Tensor.ints(1));
            totalTokens = owned.own(Tensor.ints(1));
            cache.input("last_index", lastIndex).input("total_tokens", totalTokens);
            for (int i = 0; i < config.layers(); i++) {
                for (String kind : new String[] {"keys.", "values."}) {
                    Tensor tensor = owned.own(Tensor.floats(1, config.kvHeads(), CAPACITY, config.headDim()));
                    cache.input("past_" + kind + i, tensor).output(kind + i, tensor);
                }
            }
            int half = config.headDim() / 2;
            Tensor cos = owned.own(Tensor.floats(CAPACITY, half));
            Tensor sin = owned.own(Tensor.floats(CAPACITY, half));
            for (int i = 0; i < CAPACITY * half; i++) {
                double angle = i / half * Math.pow(config.ropeTheta(), -2.0 * (i % half) / config.headDim());
                cos.floats().put(i, (float) Math.cos(angle));
                sin.floats().put(i, (float) Math.sin(angle));
            }
            cache.input("cos", cos).input("sin", sin);
        }

        /** Rows {@code from} to {@code from + count - 1} of x, into the same rows of hidden and layer0. */
        void pass(float[] x, int from, int count, float[] hidden, float[] layer0) {
            int width = C.hidden();
            lastIndex.ints().put(0, from + count - 1);
            totalTokens.ints().put(0, from + count);
            try (Scope pass = new Scope()) {
                Tensor in = pass.own(Tensor.floats(count, width));
                in.floats().put(Arrays.copyOfRange(x, from * width, (from + count) * width));
                Tensor out = pass.own(Tensor.floats(count, width));
                Tensor firstOut = pass.own(Tensor.floats(count, width));
                model.run(cache.input("x", in).output("hidden", out).output("layer0", firstOut));
                out.floats().get(hidden, from * width, count * width);
                firstOut.floats().get(layer0, from * width, count * width);
            }
        }

        @Override
        public void close() {
            owned.close();
        }
    }
}
