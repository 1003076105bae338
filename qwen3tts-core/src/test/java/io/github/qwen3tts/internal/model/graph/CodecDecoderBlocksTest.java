package io.github.qwen3tts.internal.model.graph;

import static io.github.qwen3tts.internal.onnx.Plain.assertClose;
import static io.github.qwen3tts.internal.onnx.Plain.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qwen3tts.internal.checkpoint.CodecConfig;
import io.github.qwen3tts.internal.checkpoint.TransformerConfig;
import io.github.qwen3tts.internal.model.graph.CodecDecoderGraph.Carry;
import io.github.qwen3tts.internal.onnx.ElementType;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Plain;
import io.github.qwen3tts.internal.onnx.Value;
import io.github.qwen3tts.internal.runtime.OrtModel;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.Tensor;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.Weights;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every block of the codec decoder at a tiny size, whole and in pieces, against its twin in plain loops. */
class CodecDecoderBlocksTest {

    private static final int TIME = 12;

    /** How the steps of an input are cut into runs. */
    private static final int[][] PARTITIONS = {
        {TIME}, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, {1, 2, 3, 4, 2}, {5, 1, 6}, {2, 10}
    };

    private static final TransformerConfig TRANSFORMER = new TransformerConfig(8, 12, 2, 2, 2, 4, 1e-5f, 10_000);
    private static final int WINDOW = 3;
    private static final int LATENT = 6;
    private static final CodecConfig.Decoder CONFIG =
            new CodecConfig.Decoder(TRANSFORMER, WINDOW, 3, 5, 4, LATENT, 8, new int[] {2}, new int[] {3});

    /** The input of the golden values: two channels, three steps. */
    private static final float[] OFFICIAL_INPUT = {0, 0.783327f, 0.973848f, 0.42738f, -0.44252f, -0.97753f};

    @TempDir
    private Path directory;

    private final Weights weights = new Weights(1);

    @Test
    void causalConvIsThatOfTheOfficialModel() throws IOException {
        weights.put("g.weight", new float[] {0.420735f, 0.489954f, 0.49286f, 0.429059f, 0.307187f, 0.143739f}, 1, 2, 3)
                .put("g.bias", new float[1], 1);
        try (Block block = new Block(2, 1, 1, (graph, g, x) -> graph.causalConv(g, x, 1, 3, 2))) {
            float[] expected = {0.061431f, 0.322463f, 0.470747f};
            assertArrayEquals(expected, block.run(OFFICIAL_INPUT, 3), 1e-6f);
            assertArrayEquals(expected, block.run(OFFICIAL_INPUT, 1, 1, 1), 1e-6f);
        }
    }

    @Test
    void transposedConvIsThatOfTheOfficialModel() throws IOException {
        weights.put(
                        "g.weight",
                        new float[] {
                            0.420735f, 0.489954f, 0.49286f, 0.429059f, 0.307187f, 0.143739f, -0.039164f, -0.216765f
                        },
                        2,
                        1,
                        4)
                .put("g.bias", new float[1], 1);
        try (Block block = new Block(2, 1, 2, (graph, g, x) -> graph.causalConvTranspose(g, x, 1, 2))) {
            float[] expected = {0.131286f, 0.061431f, 0.176899f, 0.227546f, 0.512848f, 0.768648f};
            assertArrayEquals(expected, block.run(OFFICIAL_INPUT, 3), 1e-6f);
            assertArrayEquals(expected, block.run(OFFICIAL_INPUT, 2, 1), 1e-6f);
        }
    }

    @Test
    void snakeIsThatOfTheOfficialModel() throws IOException {
        weights.put("g.alpha", new float[] {0.1f, -0.2f}, 2).put("g.beta", new float[] {0.3f, 0}, 2);
        try (Block block = new Block(2, 2, 1, CodecDecoderGraph::snake)) {
            float[] expected = {0, 1.212977f, 1.547789f, 0.5449f, -0.316899f, -0.462597f};
            assertArrayEquals(expected, block.run(OFFICIAL_INPUT, 3), 1e-6f);
        }
    }

    @Test
    void causalConvInPiecesEqualsLoops() throws IOException {
        for (int dilation : new int[] {1, 3}) {
            weights.random("g.weight", 5, 4, 7).random("g.bias", 5);
            float[] x = random(2, 4 * TIME);
            float[] expected =
                    Plain.conv(x, weights.get("g.weight"), weights.get("g.bias"), 4, 7, 6 * dilation, 1, dilation, 1);
            assertEqualInPieces(expected, x, 4, 5, 1, (graph, g, in) -> graph.causalConv(g, in, 5, 7, dilation));
        }
    }

    @Test
    void convOfOneTapCarriesNothing() throws IOException {
        weights.random("g.weight", 5, 4, 1).random("g.bias", 5);
        float[] x = random(2, 4 * TIME);
        float[] expected = Plain.conv(x, weights.get("g.weight"), weights.get("g.bias"), 4, 1, 0, 1, 1, 1);
        assertEqualInPieces(expected, x, 4, 5, 1, (graph, g, in) -> graph.causalConv(g, in, 5, 1, 1));
        try (Block block = new Block(4, 5, 1, (graph, g, in) -> graph.causalConv(g, in, 5, 1, 1))) {
            assertEquals(List.of(), block.carries);
        }
    }

    @Test
    void transposedConvAsOneProductEqualsLoops() throws IOException {
        for (int stride : new int[] {2, 3, 5}) {
            weights.random("g.weight", 4, 3, 2 * stride).random("g.bias", 3);
            float[] x = random(2, 4 * TIME);
            float[] expected =
                    Plain.convTranspose(x, weights.get("g.weight"), weights.get("g.bias"), 4, 2 * stride, stride);
            assertEqualInPieces(
                    expected, x, 4, 3, stride, (graph, g, in) -> graph.causalConvTranspose(g, in, 3, stride));
        }
    }

    @Test
    void upsamplingByItsKernelEqualsLoops() throws IOException {
        weights.random("g.weight", 4, 3, 2).random("g.bias", 3);
        float[] x = random(2, 4 * TIME);
        float[] expected = Plain.convTranspose(x, weights.get("g.weight"), weights.get("g.bias"), 4, 2, 2);
        assertEqualInPieces(expected, x, 4, 3, 2, (graph, g, in) -> Convolutions.FLOAT32.transpose(g, in, 3, 2, 1));
    }

    @Test
    void snakeEqualsLoops() throws IOException {
        weights.random("g.alpha", 4).random("g.beta", 4);
        float[] x = random(2, 4 * TIME);
        assertEqualInPieces(
                Plain.snake(x, weights.get("g.alpha"), weights.get("g.beta")), x, 4, 4, 1, CodecDecoderGraph::snake);
    }

    /** The phase and its factor are rounded to floats: 40 half turns away from zero that is up to 40 pi / 2^23 = 1.5e-5. */
    @Test
    void snakeHoldsManyPeriodsAwayFromZero() throws IOException {
        weights.put("g.alpha", new float[] {1}, 1).put("g.beta", new float[] {0}, 1);
        float[] x = new float[2000];
        for (int i = 0; i < x.length; i++) {
            x[i] = (i - 1000) * 0.0457f;
        }
        try (Block block = new Block(1, 1, 1, CodecDecoderGraph::snake)) {
            assertArrayEquals(Plain.snake(x, weights.get("g.alpha"), weights.get("g.beta")), block.run(x, 2000), 2e-5f);
        }
    }

    @Test
    void convToOneChannelInPiecesEqualsLoops() throws IOException {
        weights.random("g.weight", 1, 4, 7).random("g.bias", 1);
        float[] x = random(2, 4 * TIME);
        float[] expected = Plain.conv(x, weights.get("g.weight"), weights.get("g.bias"), 4, 7, 6, 1, 1, 1);
        assertEqualInPieces(
                expected,
                x,
                4,
                1,
                1,
                (graph, g, in) -> graph.toOneChannel(g, in).reshape(-1, 1));
    }

    @Test
    void residualUnitInPiecesEqualsLoops() throws IOException {
        for (String act : new String[] {"g.act1", "g.act2"}) {
            weights.random(act + ".alpha", 4).random(act + ".beta", 4);
        }
        weights.random("g.conv1.conv.weight", 4, 4, 7).random("g.conv1.conv.bias", 4);
        weights.random("g.conv2.conv.weight", 4, 4, 1).random("g.conv2.conv.bias", 4);
        float[] x = random(2, 4 * TIME);
        float[] h = Plain.snake(x, weights.get("g.act1.alpha"), weights.get("g.act1.beta"));
        h = Plain.conv(h, weights.get("g.conv1.conv.weight"), weights.get("g.conv1.conv.bias"), 4, 7, 18, 1, 3, 1);
        h = Plain.snake(h, weights.get("g.act2.alpha"), weights.get("g.act2.beta"));
        h = Plain.conv(h, weights.get("g.conv2.conv.weight"), weights.get("g.conv2.conv.bias"), 4, 1, 0, 1, 1, 1);
        assertEqualInPieces(Plain.plus(x, h), x, 4, 4, 1, (graph, g, in) -> graph.residualUnit(g, in, 3));
    }

    @Test
    void convNeXtInPiecesEqualsLoops() throws IOException {
        weights.random("g.dwconv.conv.weight", LATENT, 1, 7).random("g.dwconv.conv.bias", LATENT);
        weights.random("g.norm.weight", LATENT).random("g.norm.bias", LATENT).random("g.gamma", LATENT);
        weights.random("g.pwconv1.weight", 4 * LATENT, LATENT).random("g.pwconv1.bias", 4 * LATENT);
        weights.random("g.pwconv2.weight", LATENT, 4 * LATENT).random("g.pwconv2.bias", LATENT);
        float[] x = random(2, LATENT * TIME);
        float[] h = Plain.conv(
                x, weights.get("g.dwconv.conv.weight"), weights.get("g.dwconv.conv.bias"), LATENT, 7, 6, 1, 1, LATENT);
        float[] rows = Plain.layerNorm(
                Plain.transpose(h, LATENT), weights.get("g.norm.weight"), weights.get("g.norm.bias"), 1e-6);
        rows = Plain.gelu(
                Plain.linear(rows, weights.get("g.pwconv1.weight"), weights.get("g.pwconv1.bias"), LATENT, 4 * LATENT));
        rows = Plain.linear(rows, weights.get("g.pwconv2.weight"), weights.get("g.pwconv2.bias"), 4 * LATENT, LATENT);
        rows = Plain.times(rows, weights.get("g.gamma"));
        float[] expected = Plain.plus(x, Plain.transpose(rows, TIME));
        assertEqualInPieces(expected, x, LATENT, LATENT, 1, CodecDecoderGraph::convNeXt);
    }

    @Test
    void windowedTransformerInPiecesEqualsLoops() throws IOException {
        TransformerConfig t = TRANSFORMER;
        weights.random("g.input_proj.weight", t.hidden(), LATENT).random("g.input_proj.bias", t.hidden());
        weights.random("g.output_proj.weight", LATENT, t.hidden()).random("g.output_proj.bias", LATENT);
        weights.random("g.norm.weight", t.hidden());
        for (int i = 0; i < t.layers(); i++) {
            String layer = "g.layers." + i;
            for (String vector : new String[] {
                ".input_layernorm.weight",
                ".post_attention_layernorm.weight",
                ".self_attn_layer_scale.scale",
                ".mlp_layer_scale.scale"
            }) {
                weights.random(layer + vector, t.hidden());
            }
            for (String matrix : new String[] {"q_proj", "k_proj", "v_proj", "o_proj"}) {
                weights.random(layer + ".self_attn." + matrix + ".weight", 8, 8);
            }
            weights.random(layer + ".mlp.gate_proj.weight", t.intermediate(), t.hidden());
            weights.random(layer + ".mlp.up_proj.weight", t.intermediate(), t.hidden());
            weights.random(layer + ".mlp.down_proj.weight", t.hidden(), t.intermediate());
        }
        float[] x = random(2, LATENT * TIME);
        assertEqualInPieces(transformer(x), x, LATENT, LATENT, 1, CodecDecoderGraph::preTransformer);
    }

    /** Layers over steps, each step seeing the last three. */
    private float[] transformer(float[] x) {
        TransformerConfig t = TRANSFORMER;
        int w = t.hidden();
        float[] rows = Plain.linear(
                Plain.transpose(x, LATENT),
                weights.get("g.input_proj.weight"),
                weights.get("g.input_proj.bias"),
                LATENT,
                w);
        for (int i = 0; i < t.layers(); i++) {
            String layer = "g.layers." + i;
            String attn = layer + ".self_attn.";
            float[] h = Plain.rmsNorm(rows, weights.get(layer + ".input_layernorm.weight"), 1e-5);
            float[] q = Plain.linear(h, weights.get(attn + "q_proj.weight"), null, w, w);
            float[] k = Plain.linear(h, weights.get(attn + "k_proj.weight"), null, w, w);
            float[] v = Plain.linear(h, weights.get(attn + "v_proj.weight"), null, w, w);
            q = Plain.rotary(q, t.heads(), t.headDim(), 0, t.ropeTheta());
            k = Plain.rotary(k, t.kvHeads(), t.headDim(), 0, t.ropeTheta());
            h = Plain.attention(q, k, v, t.heads(), t.kvHeads(), t.headDim(), WINDOW);
            h = Plain.linear(h, weights.get(attn + "o_proj.weight"), null, w, w);
            rows = Plain.plus(rows, Plain.times(h, weights.get(layer + ".self_attn_layer_scale.scale")));
            h = Plain.rmsNorm(rows, weights.get(layer + ".post_attention_layernorm.weight"), 1e-5);
            h = Plain.swiGlu(
                    h,
                    weights.get(layer + ".mlp.gate_proj.weight"),
                    weights.get(layer + ".mlp.up_proj.weight"),
                    weights.get(layer + ".mlp.down_proj.weight"),
                    w);
            rows = Plain.plus(rows, Plain.times(h, weights.get(layer + ".mlp_layer_scale.scale")));
        }
        rows = Plain.rmsNorm(rows, weights.get("g.norm.weight"), 1e-5);
        rows = Plain.linear(rows, weights.get("g.output_proj.weight"), weights.get("g.output_proj.bias"), w, LATENT);
        return Plain.transpose(rows, rows.length / LATENT);
    }

    @Test
    void codesBecomeProjectedSumsOfVectors() throws IOException {
        int groups = CONFIG.codeGroups();
        int size = CONFIG.codebookSize();
        String[] books = {"rvq_first.vq.layers.0", "rvq_rest.vq.layers.0", "rvq_rest.vq.layers.1"};
        for (String book : books) {
            weights.random("g." + book + "._codebook.embedding_sum", size, 2);
            weights.put("g." + book + "._codebook.cluster_usage", new float[] {1, 0.5f, 3, 1e-3f, 0}, size);
        }
        weights.random("g.rvq_first.output_proj.weight", 4, 2, 1).random("g.rvq_rest.output_proj.weight", 4, 2, 1);
        int[] codes = {0, 1, 2, 3, 2, 1, 2, 0, 3};
        float[] first = new float[3 * 2];
        float[] rest = new float[3 * 2];
        for (int i = 0; i < codes.length; i++) {
            String book = "g." + books[i % groups] + "._codebook.";
            float usage = Math.max(weights.get(book + "cluster_usage")[codes[i]], 1e-5f);
            for (int j = 0; j < 2; j++) {
                float[] sum = i % groups == 0 ? first : rest;
                sum[i / groups * 2 + j] += weights.get(book + "embedding_sum")[codes[i] * 2 + j] / usage;
            }
        }
        float[] rows = Plain.plus(
                Plain.linear(first, weights.get("g.rvq_first.output_proj.weight"), null, 2, 4),
                Plain.linear(rest, weights.get("g.rvq_rest.output_proj.weight"), null, 2, 4));

        Graph root = Graph.named("quantizer", weights.write(directory.resolve("quantizer.safetensors")));
        Value in = root.input("codes", ElementType.INT64, "time", groups);
        root.output("y", new CodecDecoderGraph(CONFIG, root, CodecMatrices.FLOAT32).dequantize(root.at("g"), in));
        try (Scope owned = new Scope()) {
            OrtRuntime runtime = OrtRuntime.start(new OrtRuntime.Threads(2, false));
            OrtModel model = owned.own(runtime.open(root.finish(), OrtRuntime.Size.SMALL));
            Tensor input = owned.own(Tensor.longs(3, groups));
            Tensor output = owned.own(Tensor.floats(3, 4));
            for (int i = 0; i < codes.length; i++) {
                input.longs().put(i, codes[i]);
            }
            model.run(new OrtModel.Bindings().input("codes", input).output("y", output));
            float[] y = new float[12];
            output.floats().get(y);
            assertClose(rows, y);
        }
    }

    /** A code whose vector nobody used is divided by 1e-5, not by its usage of 0. */
    @Test
    void unusedVectorIsFinite() throws IOException {
        for (String book : new String[] {"rvq_first.vq.layers.0", "rvq_rest.vq.layers.0", "rvq_rest.vq.layers.1"}) {
            weights.put("g." + book + "._codebook.embedding_sum", new float[10], 5, 2);
            weights.put("g." + book + "._codebook.cluster_usage", new float[5], 5);
        }
        weights.get("g.rvq_first.vq.layers.0._codebook.embedding_sum")[8] = 2e-5f;
        weights.put("g.rvq_first.output_proj.weight", new float[] {1, 0, 0, 1, 0, 0, 0, 0}, 4, 2, 1);
        weights.random("g.rvq_rest.output_proj.weight", 4, 2, 1);
        Graph root = Graph.named("quantizer", weights.write(directory.resolve("quantizer.safetensors")));
        Value in = root.input("codes", ElementType.INT64, "time", 3);
        root.output("y", new CodecDecoderGraph(CONFIG, root, CodecMatrices.FLOAT32).dequantize(root.at("g"), in));
        try (Scope owned = new Scope()) {
            OrtRuntime runtime = OrtRuntime.start(new OrtRuntime.Threads(2, false));
            OrtModel model = owned.own(runtime.open(root.finish(), OrtRuntime.Size.SMALL));
            Tensor input = owned.own(Tensor.longs(1, 3));
            input.longs().put(0, 4);
            Tensor output = owned.own(Tensor.floats(1, 4));
            model.run(new OrtModel.Bindings().input("codes", input).output("y", output));
            float[] y = new float[4];
            output.floats().get(y);
            assertClose(new float[] {2, 0, 0, 0}, y);
        }
    }

    private void assertEqualInPieces(float[] expected, float[] x, int in, int out, int factor, Drawing drawing)
            throws IOException {
        try (Block block = new Block(in, out, factor, drawing)) {
            for (int[] pieces : PARTITIONS) {
                assertClose(expected, block.run(x, pieces));
            }
        }
    }

    /** Draws a block that takes x, its weights below the view g. */
    private interface Drawing {
        Value draw(CodecDecoderGraph graph, Graph g, Value x);
    }

    /** A block as a graph of its own, fed piece by piece. */
    private final class Block implements AutoCloseable {

        private final Scope owned = new Scope();
        private final int in;
        private final int out;
        private final int factor;
        private final OrtModel model;
        private final List<Carry> carries;
        private final boolean attends;

        /** From {@code in} channels to {@code out}, every step becoming {@code factor} steps. */
        Block(int in, int out, int factor, Drawing drawing) throws IOException {
            this.in = in;
            this.out = out;
            this.factor = factor;
            OrtRuntime runtime = OrtRuntime.start(new OrtRuntime.Threads(2, false));
            Safetensors file = weights.write(directory.resolve("block.safetensors"));
            Graph root = Graph.named("block", file);
            CodecDecoderGraph graph = new CodecDecoderGraph(CONFIG, root, CodecMatrices.FLOAT32);
            root.output("y", drawing.draw(graph, root.at("g"), root.input("x", ElementType.FLOAT, "time", in)));
            carries = graph.state();
            attends = carries.stream().anyMatch(carry -> carry.input().endsWith(".keys"));
            model = owned.own(runtime.open(root.finish(), OrtRuntime.Size.SMALL));
        }

        /** {@code x [in, time]} in runs of as many steps as {@code pieces} says: {@code [out, time * factor]}. */
        float[] run(float[] x, int... pieces) {
            int time = x.length / in;
            float[] y = new float[out * time * factor];
            try (Scope stream = new Scope()) {
                List<Tensor> state = zeros(stream);
                int done = 0;
                for (int piece : pieces) {
                    Tensor input = stream.own(Tensor.floats(piece, in));
                    Tensor output = stream.own(Tensor.floats((long) piece * factor, out));
                    for (int i = 0; i < piece * in; i++) {
                        input.floats().put(i, x[i % in * time + done + i / in]);
                    }
                    OrtModel.Bindings bindings =
                            new OrtModel.Bindings().input("x", input).output("y", output);
                    if (attends) {
                        bindAttention(stream, bindings, done, piece);
                    }
                    List<Tensor> next = zeros(stream);
                    for (int i = 0; i < carries.size(); i++) {
                        bindings.input(carries.get(i).input(), state.get(i));
                        bindings.output(carries.get(i).output(), next.get(i));
                    }
                    model.run(bindings);
                    state = next;
                    for (int i = 0; i < piece * factor * out; i++) {
                        y[(i % out * time + done) * factor + i / out] =
                                output.floats().get(i);
                    }
                    done += piece;
                }
                assertEquals(time, done);
                return y;
            }
        }

        private List<Tensor> zeros(Scope owner) {
            List<Tensor> zeros = new ArrayList<>();
            for (Carry carry : carries) {
                zeros.add(owner.own(Tensor.floats(carry.shape())));
            }
            return zeros;
        }

        /** Angles of the steps, and who sees whom: itself and the two before, as far as there are any. */
        private void bindAttention(Scope owner, OrtModel.Bindings bindings, int start, int count) {
            int half = TRANSFORMER.headDim() / 2;
            int past = WINDOW - 1;
            Tensor cos = owner.own(Tensor.floats(count, half));
            Tensor sin = owner.own(Tensor.floats(count, half));
            Tensor mask = owner.own(Tensor.floats(count, past + count));
            FloatBuffer cells = mask.floats();
            for (int i = 0; i < count; i++) {
                for (int j = 0; j < half; j++) {
                    double angle = (start + i) * Math.pow(TRANSFORMER.ropeTheta(), -2.0 * j / TRANSFORMER.headDim());
                    cos.floats().put(i * half + j, (float) Math.cos(angle));
                    sin.floats().put(i * half + j, (float) Math.sin(angle));
                }
                for (int key = start - past; key < start + count; key++) {
                    boolean seen = key >= 0 && key <= start + i && key > start + i - WINDOW;
                    cells.put(seen ? 0 : Float.NEGATIVE_INFINITY);
                }
            }
            bindings.input("cos", cos).input("sin", sin).input("mask", mask);
        }

        @Override
        public void close() {
            owned.close();
        }
    }
}
