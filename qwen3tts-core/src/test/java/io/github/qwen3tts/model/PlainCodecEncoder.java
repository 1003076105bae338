package io.github.qwen3tts.model;

import static io.github.qwen3tts.model.Plain.EDGE;
import static io.github.qwen3tts.model.Plain.ZERO;
import static io.github.qwen3tts.model.Plain.each;
import static io.github.qwen3tts.model.Plain.pad;
import static io.github.qwen3tts.model.Plain.plus;
import static io.github.qwen3tts.model.Plain.transpose;

import io.github.qwen3tts.checkpoint.Checkpoint;
import io.github.qwen3tts.checkpoint.CodecConfig;
import io.github.qwen3tts.checkpoint.TransformerConfig;

/** The codec encoder as plain loops, a whole clip at once. */
final class PlainCodecEncoder {

    private final CodecConfig.Encoder c;
    private final int samplesPerFrame;
    private final Plain plain;

    PlainCodecEncoder(Checkpoint checkpoint) {
        c = checkpoint.codec().encoder();
        samplesPerFrame = checkpoint.codec().samplesPerFrame();
        plain = new Plain(checkpoint.codecWeights());
    }

    /** What is quantised, {@code [frames][hidden]}. A query sees {@code window} rows, its own included. */
    float[][] latents(float[] samples, int window) {
        float[][] x = causal("0.conv", new float[][] {samples}, c.kernel(), 1);
        int layer = 1;
        int samplesPerRow = 1;
        for (int i = c.ratios().length - 1; i >= 0; i--) {
            float[][] inner = causal(layer + ".block.1.conv", each(x, Plain::elu), c.residualKernel(), 1);
            x = plus(x, causal(layer + ".block.3.conv", each(inner, Plain::elu), 1, 1));
            x = causal((layer + 2) + ".conv", each(x, Plain::elu), 2 * c.ratios()[i], c.ratios()[i]);
            samplesPerRow *= c.ratios()[i];
            layer += 3;
        }
        float[][] rows = transpose(causal((layer + 1) + ".conv", each(x, Plain::elu), c.lastKernel(), 1));
        for (int i = 0; i < c.transformer().layers(); i++) {
            rows = layer("encoder.encoder_transformer.layers." + i + ".", rows, window);
        }
        int stride = samplesPerFrame / samplesPerRow;
        int right = (stride - rows.length % stride) % stride;
        return transpose(plain.conv("encoder.downsample.conv", pad(transpose(rows), stride, right, EDGE), stride, 1));
    }

    private float[][] causal(String name, float[][] x, int kernel, int stride) {
        int right = (stride - x[0].length % stride) % stride;
        return plain.conv("encoder.encoder.layers." + name, pad(x, kernel - stride, right, ZERO), stride, 1);
    }

    private float[][] layer(String name, float[][] x, int window) {
        float[][] h = norm(name + "input_layernorm", x);
        float[][] attended = linear(
                name + "self_attn.o_proj",
                attention(
                        linear(name + "self_attn.q_proj", h),
                        linear(name + "self_attn.k_proj", h),
                        linear(name + "self_attn.v_proj", h),
                        window));
        float[][] y = plus(x, scaled(name + "self_attn_layer_scale.scale", attended));
        float[][] inner = each(linear(name + "mlp.fc1", norm(name + "post_attention_layernorm", y)), Plain::gelu);
        return plus(y, scaled(name + "mlp_layer_scale.scale", linear(name + "mlp.fc2", inner)));
    }

    private float[][] attention(float[][] q, float[][] k, float[][] v, int window) {
        TransformerConfig t = c.transformer();
        rotate(q);
        rotate(k);
        float[][] out = new float[q.length][q[0].length];
        for (int head = 0; head < t.heads(); head++) {
            int from = head * t.headDim();
            for (int i = 0; i < q.length; i++) {
                int first = Math.max(0, i - window + 1);
                float[] scores = new float[i - first + 1];
                for (int j = first; j <= i; j++) {
                    double sum = 0;
                    for (int d = from; d < from + t.headDim(); d++) {
                        sum += (double) q[i][d] * k[j][d];
                    }
                    scores[j - first] = (float) (sum / Math.sqrt(t.headDim()));
                }
                double[] p = Plain.softmax(scores);
                for (int d = from; d < from + t.headDim(); d++) {
                    double sum = 0;
                    for (int j = first; j <= i; j++) {
                        sum += p[j - first] * v[j][d];
                    }
                    out[i][d] = (float) sum;
                }
            }
        }
        return out;
    }

    /** Turns dimension d of a head against d + headDim / 2, by an angle that grows with the row. */
    private void rotate(float[][] rows) {
        TransformerConfig t = c.transformer();
        int half = t.headDim() / 2;
        for (int row = 0; row < rows.length; row++) {
            for (int head = 0; head < t.heads(); head++) {
                for (int d = 0; d < half; d++) {
                    double angle = row * Math.pow(t.ropeTheta(), -2.0 * d / t.headDim());
                    int i = head * t.headDim() + d;
                    double a = rows[row][i];
                    double b = rows[row][i + half];
                    rows[row][i] = (float) (a * Math.cos(angle) - b * Math.sin(angle));
                    rows[row][i + half] = (float) (b * Math.cos(angle) + a * Math.sin(angle));
                }
            }
        }
    }

    private float[][] norm(String name, float[][] x) {
        float[] weight = plain.weight(name + ".weight");
        float[] bias = plain.weight(name + ".bias");
        float[][] y = new float[x.length][weight.length];
        for (int row = 0; row < x.length; row++) {
            double mean = 0;
            double squares = 0;
            for (float value : x[row]) {
                mean += value / (double) weight.length;
                squares += (double) value * value / weight.length;
            }
            double scale = 1 / Math.sqrt(squares - mean * mean + c.transformer().normEps());
            for (int i = 0; i < weight.length; i++) {
                y[row][i] = (float) (weight[i] * (x[row][i] - mean) * scale + bias[i]);
            }
        }
        return y;
    }

    private float[][] linear(String name, float[][] rows) {
        return transpose(plain.conv(name, transpose(rows), 1, 1));
    }

    private float[][] scaled(String name, float[][] rows) {
        float[] scale = plain.weight(name);
        float[][] y = each(rows, v -> v);
        for (float[] row : y) {
            for (int i = 0; i < row.length; i++) {
                row[i] *= scale[i];
            }
        }
        return y;
    }
}
