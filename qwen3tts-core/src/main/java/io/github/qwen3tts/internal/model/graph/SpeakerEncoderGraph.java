package io.github.qwen3tts.internal.model.graph;

import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.ModelConfig.SpeakerEncoderConfig;
import io.github.qwen3tts.internal.onnx.ElementType;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Layers;
import io.github.qwen3tts.internal.onnx.Layers.Conv;
import io.github.qwen3tts.internal.onnx.OnnxModel;
import io.github.qwen3tts.internal.onnx.Value;
import java.util.Arrays;

/**
 * The speaker encoder: the log-mel spectrum of a clip to one vector. An ECAPA-TDNN: time-delay layers, blocks of small
 * convolutions in a chain with squeeze and excitation, and an average over time that is weighted by attention.
 */
public final class SpeakerEncoderGraph {

    /** Least variance under a square root, as in the official model. */
    private static final float VARIANCE_FLOOR = 1e-12f;

    private final SpeakerEncoderConfig c;
    private final Graph root;

    private SpeakerEncoderGraph(Checkpoint checkpoint) {
        c = checkpoint
                .config()
                .speakerEncoder()
                .orElseThrow(() -> new ModelLoadException(
                        "checkpoint has no speaker encoder: directory=" + checkpoint.directory() + ", type="
                                + checkpoint.config().prompt().type().published() + "; use a Base model"));
        root = Graph.named("speaker_encoder", checkpoint.weights());
    }

    /**
     * A whole clip at once. Input {@code mel [frames, mels]}, at least {@link #minFrames} of them; output {@code
     * embedding [embedding]}.
     *
     * @param checkpoint configuration and weights of a Base model
     * @return the graph
     * @throws ModelLoadException if the checkpoint has no speaker encoder, or not the weights it should have
     */
    public static OnnxModel build(Checkpoint checkpoint) {
        SpeakerEncoderGraph graph = new SpeakerEncoderGraph(checkpoint);
        graph.root.output("embedding", graph.embedding());
        return graph.root.finish();
    }

    /**
     * The shortest spectrum that all convolutions can mirror at its ends.
     *
     * @param config of the network
     * @return frames, at least 2
     */
    public static int minFrames(SpeakerEncoderConfig config) {
        int reach = 1;
        for (int i = 0; i < config.kernelSizes().length; i++) {
            reach = Math.max(reach, reach(config.kernelSizes()[i], config.dilations()[i]));
        }
        return reach + 1;
    }

    private Value embedding() {
        Graph g = root.at("speaker_encoder");
        Value mel = root.input("mel", ElementType.FLOAT, "frames", c.mels());
        int last = c.channels().length - 1;
        Value x = mel.reshape(1, -1, c.mels()).transpose(0, 2, 1); // [1, mels, frames]
        x = tdnn(g.at("blocks.0"), x, c.channels()[0], c.kernelSizes()[0], c.dilations()[0]);
        Value[] blocks = new Value[last - 1];
        for (int b = 1; b < last; b++) {
            x = block(g.at("blocks." + b), x, b);
            blocks[b - 1] = x;
        }
        x = tdnn(g.at("mfa"), Value.concat(1, blocks), c.channels()[last], c.kernelSizes()[last], c.dilations()[last]);
        Value pooled = attentivePooling(g.at("asp"), x);
        return conv(g.at("fc"), pooled, c.embedding(), 1, 1).reshape(c.embedding());
    }

    /** relu(conv(x)). x: [1, in, frames]. */
    private static Value tdnn(Graph g, Value x, int out, int kernel, int dilation) {
        return conv(g.at("conv"), x, out, kernel, dilation).relu();
    }

    /** Convolution that keeps the length, mirrored at both ends without the end itself. x: [1, in, frames]. */
    private static Value conv(Graph g, Value x, int out, int kernel, int dilation) {
        int left = dilation * (kernel - 1) / 2;
        int right = dilation * (kernel - 1) - left;
        Value padded = right == 0 ? x.in(g) : x.in(g).pad(Value.Padding.REFLECT, left, right);
        return Layers.conv(
                padded, g.weight("weight", out, channels(x), kernel), g.weight("bias", out), Conv.dilated(dilation));
    }

    private static int reach(int kernel, int dilation) {
        return dilation * (kernel - 1) - dilation * (kernel - 1) / 2;
    }

    private static int channels(Value x) {
        return Math.toIntExact(x.shape().known(1));
    }

    /** x + se(tdnn2(res2net(tdnn1(x)))). */
    private Value block(Graph g, Value x, int b) {
        int width = c.channels()[b];
        Value h = tdnn(g.at("tdnn1"), x, width, 1, 1);
        h = res2net(g.at("res2net_block"), h, c.kernelSizes()[b], c.dilations()[b]);
        h = tdnn(g.at("tdnn2"), h, width, 1, 1);
        return squeezeExcite(g.at("se_block"), h).in(g).plus(x);
    }

    /** Groups of channels, each with its own convolution that also sees the group before: o_i = tdnn(g_i + o_(i-1)). */
    private Value res2net(Graph g, Value x, int kernel, int dilation) {
        int scale = c.res2netScale();
        long[] sizes = new long[scale];
        Arrays.fill(sizes, channels(x) / scale);
        Value[] groups = x.in(g).split(1, sizes);
        Value[] out = groups.clone(); // group 0 passes
        for (int i = 1; i < scale; i++) {
            Value in = i == 1 ? groups[1] : groups[i].plus(out[i - 1]);
            out[i] = tdnn(g.at("blocks." + (i - 1)), in, channels(in), kernel, dilation);
        }
        return Value.concat(1, out);
    }

    /** x * sigmoid(conv2(relu(conv1(mean over time)))). */
    private Value squeezeExcite(Graph g, Value x) {
        Value mean = x.in(g).mean(2);
        Value squeezed = conv(g.at("conv1"), mean, c.seChannels(), 1, 1).relu();
        Value gate = conv(g.at("conv2"), squeezed, channels(x), 1, 1).sigmoid();
        return x.in(g).times(gate);
    }

    /**
     * Mean and deviation over time, each frame weighted by {@code softmax(conv(tanh(tdnn([x; mean; deviation]))))}:
     * [1, channels, frames] to [1, 2 * channels, 1]. The first convolution is applied to its three inputs in turn, since
     * two of them are the same in every frame.
     */
    private Value attentivePooling(Graph g, Value x) {
        int width = channels(x);
        int inner = c.attentionChannels();
        Value mean = x.in(g).mean(2);
        Value deviation = deviation(x.in(g).minus(mean), null);
        Graph first = g.at("tdnn.conv");
        Value[] weights = first.weight("weight", inner, 3 * width, 1).in(first).split(1, width, width, width);
        Value constant = Layers.conv(mean, weights[1], first.weight("bias", inner), Conv.PLAIN)
                .plus(Layers.conv(deviation, weights[2], null, Conv.PLAIN))
                .as(1, inner, 1);
        Value hidden = Layers.conv(x.in(first), weights[0], null, Conv.PLAIN).plus(constant);
        Value scores = conv(g.at("conv"), hidden.relu().tanh(), width, 1, 1);
        Value attention = scores.in(g).softmax(2);
        Value center = attention.times(x.in(g)).sum(2);
        return Value.concat(1, center, deviation(x.in(g).minus(center), attention));
    }

    /** sqrt(max(mean or weighted sum of squares, floor)) over time. */
    private static Value deviation(Value centered, Value weights) {
        Value squares = centered.times(centered);
        Value variance =
                weights == null ? squares.mean(2) : squares.times(weights).sum(2);
        return variance.atLeast(VARIANCE_FLOOR).sqrt();
    }
}
