package io.github.qwen3tts.model;

import static io.github.qwen3tts.model.Plain.MIRROR;
import static io.github.qwen3tts.model.Plain.each;
import static io.github.qwen3tts.model.Plain.pad;
import static io.github.qwen3tts.model.Plain.plus;
import static io.github.qwen3tts.model.Plain.transpose;

import io.github.qwen3tts.checkpoint.Checkpoint;
import io.github.qwen3tts.checkpoint.ModelConfig.SpeakerEncoderConfig;
import java.util.Arrays;

/** The speaker encoder as plain loops. */
final class PlainSpeakerEncoder {

    private final SpeakerEncoderConfig c;
    private final Plain plain;

    PlainSpeakerEncoder(Checkpoint checkpoint) {
        c = checkpoint.config().speakerEncoder().orElseThrow();
        plain = new Plain(checkpoint.weights());
    }

    /** {@code [frames][mels]} to the speaker vector. */
    float[] encode(float[][] mel) {
        float[][] x = tdnn("blocks.0", transpose(mel), 1);
        float[][] blocks = {};
        for (int b = 1; b < c.channels().length - 1; b++) {
            x = block("blocks." + b, x, c.dilations()[b]);
            blocks = concat(blocks, x);
        }
        float[][] h = tdnn("mfa", blocks, 1);
        return transpose(conv("fc", pool(h), 1))[0];
    }

    private float[][] conv(String name, float[][] x, int dilation) {
        int kernel = Math.toIntExact(plain.weight("speaker_encoder." + name + ".weight").length
                / plain.weight("speaker_encoder." + name + ".bias").length
                / x.length);
        int side = dilation * (kernel - 1) / 2;
        return plain.conv("speaker_encoder." + name, pad(x, side, side, MIRROR), 1, dilation);
    }

    private float[][] tdnn(String name, float[][] x, int dilation) {
        return each(conv(name + ".conv", x, dilation), v -> Math.max(v, 0));
    }

    private float[][] block(String name, float[][] x, int dilation) {
        float[][] h = tdnn(name + ".tdnn1", x, 1);
        int width = h.length / c.res2netScale();
        float[][] out = Arrays.copyOf(h, width);
        float[][] before = null;
        for (int i = 1; i < c.res2netScale(); i++) {
            float[][] group = Arrays.copyOfRange(h, i * width, (i + 1) * width);
            before = tdnn(
                    name + ".res2net_block.blocks." + (i - 1), before == null ? group : plus(group, before), dilation);
            out = concat(out, before);
        }
        h = tdnn(name + ".tdnn2", out, 1);
        float[][] squeezed = each(conv(name + ".se_block.conv1", column(means(h, null)), 1), v -> Math.max(v, 0));
        float[][] gate = each(conv(name + ".se_block.conv2", squeezed, 1), Plain::sigmoid);
        for (int i = 0; i < h.length; i++) {
            for (int t = 0; t < h[i].length; t++) {
                h[i][t] = x[i][t] + h[i][t] * gate[i][0];
            }
        }
        return h;
    }

    private float[][] pool(float[][] h) {
        double[] mean = means(h, null);
        float[][] all = concat(h, repeat(mean, h[0].length));
        all = concat(all, repeat(deviations(h, mean, null), h[0].length));
        float[][] scores = conv("asp.conv", each(tdnn("asp.tdnn", all, 1), Math::tanh), 1);
        double[][] attention = new double[h.length][];
        for (int i = 0; i < h.length; i++) {
            attention[i] = Plain.softmax(scores[i]);
        }
        double[] center = means(h, attention);
        return concat(column(center), column(deviations(h, center, attention)));
    }

    private static double[] means(float[][] x, double[][] weights) {
        double[] means = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            for (int t = 0; t < x[i].length; t++) {
                means[i] += x[i][t] * (weights == null ? 1.0 / x[i].length : weights[i][t]);
            }
        }
        return means;
    }

    private static double[] deviations(float[][] x, double[] center, double[][] weights) {
        float[][] squares = new float[x.length][];
        for (int i = 0; i < x.length; i++) {
            double c = center[i];
            squares[i] = each(new float[][] {x[i]}, v -> (v - c) * (v - c))[0];
        }
        return Arrays.stream(means(squares, weights))
                .map(v -> Math.sqrt(Math.max(v, 1e-12)))
                .toArray();
    }

    private static float[][] column(double[] values) {
        return repeat(values, 1);
    }

    private static float[][] repeat(double[] values, int times) {
        float[][] rows = new float[values.length][times];
        for (int i = 0; i < rows.length; i++) {
            Arrays.fill(rows[i], (float) values[i]);
        }
        return rows;
    }

    private static float[][] concat(float[][] a, float[][] b) {
        float[][] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }
}
