package io.github.qwen3tts.internal.model;

import static io.github.qwen3tts.internal.model.PlainEncoders.each;
import static io.github.qwen3tts.internal.model.PlainEncoders.pad;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.ModelConfig.SpeakerEncoderConfig;
import io.github.qwen3tts.internal.model.PlainEncoders.Padding;
import io.github.qwen3tts.internal.onnx.Plain;
import java.util.Arrays;

/** The speaker encoder as plain loops over {@code [channels, frames]}. */
final class PlainSpeakerEncoder {

    private final SpeakerEncoderConfig c;
    private final PlainEncoders plain;
    private int frames;

    PlainSpeakerEncoder(Checkpoint checkpoint) {
        c = checkpoint.config().speakerEncoder().orElseThrow();
        plain = new PlainEncoders(checkpoint.weights());
    }

    /** {@code [frames, mels]} to the speaker vector. */
    float[] encode(float[] mel) {
        frames = mel.length / c.mels();
        float[] x = tdnn("blocks.0", Plain.transpose(mel, frames), c.kernelSizes()[0], 1);
        float[] blocks = {};
        for (int b = 1; b < c.channels().length - 1; b++) {
            x = block("blocks." + b, x, c.kernelSizes()[b], c.dilations()[b]);
            blocks = concat(blocks, x);
        }
        return conv("fc", pool(tdnn("mfa", blocks, 1, 1)), 1, 1);
    }

    private float[] conv(String name, float[] x, int kernel, int dilation) {
        int side = dilation * (kernel - 1) / 2;
        float[] padded = kernel == 1 ? x : pad(x, x.length / frames, side, side, Padding.MIRROR);
        return plain.conv("speaker_encoder." + name, padded, 1, dilation);
    }

    private float[] tdnn(String name, float[] x, int kernel, int dilation) {
        return relu(conv(name + ".conv", x, kernel, dilation));
    }

    private static float[] relu(float[] x) {
        return each(x, v -> Math.max(v, 0));
    }

    private float[] block(String name, float[] x, int kernel, int dilation) {
        float[] h = tdnn(name + ".tdnn1", x, 1, 1);
        int group = h.length / c.res2netScale();
        float[] out = Arrays.copyOf(h, group);
        float[] before = new float[group];
        for (int i = 1; i < c.res2netScale(); i++) {
            float[] in = Plain.plus(Arrays.copyOfRange(h, i * group, (i + 1) * group), before);
            before = tdnn(name + ".res2net_block.blocks." + (i - 1), in, kernel, dilation);
            out = concat(out, before);
        }
        h = tdnn(name + ".tdnn2", out, 1, 1);
        float[] squeezed = relu(conv(name + ".se_block.conv1", means(h, null), 1, 1));
        float[] gate = each(conv(name + ".se_block.conv2", squeezed, 1, 1), v -> 1 / (1 + Math.exp(-v)));
        for (int i = 0; i < h.length; i++) {
            h[i] = x[i] + h[i] * gate[i / frames];
        }
        return h;
    }

    private float[] pool(float[] h) {
        float[] mean = means(h, null);
        float[] all = concat(concat(h, repeat(mean)), repeat(deviations(h, mean, null)));
        float[] attention = conv("asp.conv", each(tdnn("asp.tdnn", all, 1, 1), Math::tanh), 1, 1);
        for (int from = 0; from < attention.length; from += frames) {
            double total = 0;
            for (int t = from; t < from + frames; t++) {
                total += Math.exp(attention[t]);
            }
            for (int t = from; t < from + frames; t++) {
                attention[t] = (float) (Math.exp(attention[t]) / total);
            }
        }
        float[] center = means(h, attention);
        return concat(center, deviations(h, center, attention));
    }

    /** Over time, equally weighted if there are no weights. */
    private float[] means(float[] x, float[] weights) {
        double[] sums = new double[x.length / frames];
        for (int i = 0; i < x.length; i++) {
            sums[i / frames] += x[i] * (weights == null ? 1.0 / frames : weights[i]);
        }
        float[] means = new float[sums.length];
        for (int i = 0; i < means.length; i++) {
            means[i] = (float) sums[i];
        }
        return means;
    }

    private float[] deviations(float[] x, float[] center, float[] weights) {
        float[] squares = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            squares[i] = (x[i] - center[i / frames]) * (x[i] - center[i / frames]);
        }
        return each(means(squares, weights), v -> Math.sqrt(Math.max(v, 1e-12)));
    }

    private float[] repeat(float[] values) {
        float[] all = new float[values.length * frames];
        for (int i = 0; i < all.length; i++) {
            all[i] = values[i / frames];
        }
        return all;
    }

    private static float[] concat(float[] a, float[] b) {
        float[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }
}
