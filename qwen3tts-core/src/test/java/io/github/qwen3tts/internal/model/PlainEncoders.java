package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.internal.onnx.Plain;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.TensorInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.DoubleUnaryOperator;

/** What both encoders are made of, as plain loops: convolutions of {@code [channels, time]} with padding. */
final class PlainEncoders {

    private final Safetensors weights;

    PlainEncoders(Safetensors weights) {
        this.weights = weights;
    }

    float[] weight(String name) {
        try {
            return Safetensors.readFloats(weights.get(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What stands where a convolution reaches beyond its input: -1 for a zero, else an index of the input. */
    interface Padding {
        Padding ZERO = (i, time) -> -1;
        Padding EDGE = (i, time) -> i < 0 ? 0 : time - 1;
        Padding MIRROR = (i, time) -> i < 0 ? -i : 2 * (time - 1) - i;

        int source(int i, int time);
    }

    static float[] pad(float[] x, int channels, int left, int right, Padding padding) {
        int time = x.length / channels;
        int padded = left + time + right;
        float[] y = new float[channels * padded];
        for (int i = 0; i < y.length; i++) {
            int t = i % padded - left;
            int source = t >= 0 && t < time ? t : padding.source(t, time);
            y[i] = source < 0 ? 0 : x[i / padded * time + source];
        }
        return y;
    }

    /** Convolution with the weights, and the bias if there is one, under a name; x is padded already. */
    float[] conv(String name, float[] x, int stride, int dilation) {
        TensorInfo weight = weights.find(name + ".weight").orElseThrow();
        int in = Math.toIntExact(weight.shape().get(1));
        int kernel = weight.shape().size() == 3 ? Math.toIntExact(weight.shape().get(2)) : 1;
        float[] bias = weights.find(name + ".bias").isPresent() ? weight(name + ".bias") : null;
        return Plain.conv(x, weight(name + ".weight"), bias, in, kernel, 0, stride, dilation, 1);
    }

    static float[] each(float[] x, DoubleUnaryOperator f) {
        float[] y = new float[x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = (float) f.applyAsDouble(x[i]);
        }
        return y;
    }
}
