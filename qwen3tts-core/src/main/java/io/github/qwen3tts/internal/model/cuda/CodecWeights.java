package io.github.qwen3tts.internal.model.cuda;

import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.internal.checkpoint.CodecConfig;
import io.github.qwen3tts.internal.quantize.PackedMatrix;
import io.github.qwen3tts.internal.runtime.cuda.Activation;
import io.github.qwen3tts.internal.runtime.cuda.CausalConv;
import io.github.qwen3tts.internal.runtime.cuda.DeviceMatrix;
import io.github.qwen3tts.internal.runtime.cuda.RmsNormLinear;
import io.github.qwen3tts.internal.runtime.cuda.RvqLookup;
import io.github.qwen3tts.internal.runtime.cuda.TransposedConv;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;

/** The codec decoder's published tensors as its kernels take them: reordered, out of log scale, side by side. */
final class CodecWeights {

    private final DeviceWeights weights;
    private final CodecConfig.Decoder c;
    private final int width; // of a code's vector

    CodecWeights(DeviceWeights weights, CodecConfig.Decoder config) {
        this.weights = weights;
        c = config;
        width = c.codebookDim() / 2;
    }

    RvqLookup lookup() {
        int floats = c.codeGroups() * c.codebookSize() * width;
        return new RvqLookup(
                weights.floats("codebooks", floats, this::codebooks), c.codeGroups(), c.codebookSize(), width);
    }

    /** Code vectors of all groups, one after the other: embedding_sum / max(cluster_usage, 1e-5). */
    private float[] codebooks() {
        float[] all = new float[c.codeGroups() * c.codebookSize() * width];
        for (int group = 0; group < c.codeGroups(); group++) {
            String name = "decoder.quantizer.rvq_"
                    + (group == 0 ? "first.vq.layers.0" : "rest.vq.layers." + (group - 1)) + "._codebook.";
            float[] sums = weights.read(name + "embedding_sum", c.codebookSize(), width);
            float[] usage = weights.read(name + "cluster_usage", c.codebookSize());
            for (int i = 0; i < sums.length; i++) {
                all[group * sums.length + i] = sums[i] / Math.max(usage[i / width], 1e-5f);
            }
        }
        return all;
    }

    RmsNormLinear quantizerProjection() {
        return RmsNormLinear.plain(
                weights.matrix("quantizer projection", c.codebookDim(), c.codebookDim(), this::outputProjections),
                0,
                Activation.NONE);
    }

    /** The output projections of both families side by side: {@code [codebookDim, 2 * width]}. */
    private float[] outputProjections() {
        int outputs = c.codebookDim();
        float[] both = new float[outputs * 2 * width];
        for (int family = 0; family < 2; family++) {
            float[] weight = weights.read(
                    "decoder.quantizer.rvq_" + (family == 0 ? "first" : "rest") + ".output_proj.weight",
                    outputs,
                    width,
                    1);
            for (int o = 0; o < outputs; o++) {
                System.arraycopy(weight, o * width, both, (2 * o + family) * width, width);
            }
        }
        return both;
    }

    /** A published matrix at {@code path.name}. */
    DeviceMatrix matrix(String path, String name, int inputs, int outputs) {
        return weights.matrix(WeightFormat.FP32, path, inputs, new PackedMatrix.Part(name, outputs));
    }

    /** A layer with bias at {@code path}. */
    RmsNormLinear biased(String path, int inputs, int outputs, Activation activation) {
        int dot = path.lastIndexOf('.');
        return RmsNormLinear.plain(
                matrix(path.substring(0, dot), path.substring(dot + 1), inputs, outputs),
                weights.vector(path + ".bias", outputs),
                activation);
    }

    /** A causal convolution at {@code path}, whose state begins at {@code state}. */
    CausalConv conv(String path, CausalConv.Shape shape, long state) {
        return conv(
                path,
                shape,
                state,
                () -> weights.read(path + ".weight", shape.outputs(), shape.channels(), shape.taps()),
                () -> weights.read(path + ".bias", shape.outputs()));
    }

    /** A transposed convolution at {@code path}, likewise. */
    CausalConv transposedConv(String path, int outputs, int stride, CausalConv.Shape shape, long state) {
        return conv(path, shape, state, reordered(path, outputs, stride, shape), repeatedBias(path, outputs, stride));
    }

    private CausalConv conv(
            String path, CausalConv.Shape shape, long state, Supplier<float[]> kernel, Supplier<float[]> bias) {
        return new CausalConv(
                shape,
                weights.floats(path, shape.weightFloats(), () -> shape.pack(kernel.get())),
                weights.floats(path + ".bias", shape.outputs(), bias),
                state);
    }

    /** A transposed convolution whose steps do not overlap: a layer over the channels. */
    RmsNormLinear spread(String path, int outputs, int stride, CausalConv.Shape shape) {
        return RmsNormLinear.plain(
                weights.matrix(path, stride * outputs, shape.channels(), reordered(path, outputs, stride, shape)),
                weights.floats(path + ".bias", stride * outputs, repeatedBias(path, outputs, stride)),
                Activation.NONE);
    }

    private Supplier<float[]> reordered(String path, int outputs, int stride, CausalConv.Shape shape) {
        return () -> TransposedConv.reorder(
                weights.read(path + ".weight", shape.channels(), outputs, shape.taps() * stride),
                outputs,
                stride,
                shape);
    }

    /** A bias for each of a row's {@code stride} steps. */
    private Supplier<float[]> repeatedBias(String path, int outputs, int stride) {
        return () -> TransposedConv.repeat(weights.read(path + ".bias", outputs), stride);
    }

    /** A depthwise convolution's weights. */
    long depthwise(String path, int channels, int taps) {
        return weights.floats(path, taps * channels, () -> turned(path + ".weight", channels, taps));
    }

    /** {@code [channels, 1, taps]} as published to {@code [taps, channels]}. */
    private float[] turned(String name, int channels, int taps) {
        float[] published = weights.read(name, channels, 1, taps);
        float[] turned = new float[published.length];
        for (int i = 0; i < published.length; i++) {
            turned[i % taps * channels + i / taps] = published[i];
        }
        return turned;
    }

    /** {@code exp(alpha)} and {@code 1 / (exp(beta) + 1e-9)}, per output of what makes the activated copy. */
    CausalConv.Snake snake(String path, int channels, int repeated) {
        return new CausalConv.Snake(
                snakeParameter(path + ".alpha", channels, repeated, alpha -> (float) Math.exp(alpha)),
                snakeParameter(path + ".beta", channels, repeated, beta -> 1 / ((float) Math.exp(beta) + 1e-9f)));
    }

    private long snakeParameter(String name, int channels, int repeated, DoubleUnaryOperator outOfLogScale) {
        return weights.floats(name, repeated * channels, () -> {
            float[] values = weights.read(name, channels);
            for (int i = 0; i < channels; i++) {
                values[i] = (float) outOfLogScale.applyAsDouble(values[i]);
            }
            return TransposedConv.repeat(values, repeated);
        });
    }
}
