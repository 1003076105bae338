package io.github.qwen3tts.internal.model;

import static io.github.qwen3tts.internal.model.PlainEncoders.each;
import static io.github.qwen3tts.internal.model.PlainEncoders.pad;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.CodecConfig;
import io.github.qwen3tts.internal.checkpoint.TransformerConfig;
import io.github.qwen3tts.internal.model.PlainEncoders.Padding;
import io.github.qwen3tts.internal.onnx.Plain;

/** The codec encoder as plain loops, a whole clip at once. */
final class PlainCodecEncoder {

    private final CodecConfig.Encoder c;
    private final TransformerConfig t;
    private final int samplesPerFrame;
    private final PlainEncoders plain;

    PlainCodecEncoder(Checkpoint checkpoint) {
        c = checkpoint.codec().encoder();
        t = c.transformer();
        samplesPerFrame = checkpoint.codec().samplesPerFrame();
        plain = new PlainEncoders(checkpoint.codecWeights());
    }

    /** What is quantised, {@code [frames, hidden]}. A query sees {@code window} rows, its own included. */
    float[] latents(float[] samples, int window) {
        int width = c.filters();
        int samplesPerRow = 1;
        float[] x = causal("0.conv", samples, 1, c.kernel(), 1);
        int layer = 1;
        for (int i = c.ratios().length - 1; i >= 0; i--) {
            int stride = c.ratios()[i];
            float[] inner = causal(layer + ".block.1.conv", elu(x), width, c.residualKernel(), 1);
            x = Plain.plus(x, causal(layer + ".block.3.conv", elu(inner), width / 2, 1, 1));
            x = causal((layer + 2) + ".conv", elu(x), width, 2 * stride, stride);
            width *= 2;
            samplesPerRow *= stride;
            layer += 3;
        }
        x = causal((layer + 1) + ".conv", elu(x), width, c.lastKernel(), 1);
        float[] rows = Plain.transpose(x, t.hidden());
        for (int i = 0; i < t.layers(); i++) {
            rows = layer("encoder.encoder_transformer.layers." + i + ".", rows, window);
        }
        int stride = samplesPerFrame / samplesPerRow;
        int count = rows.length / t.hidden();
        float[] padded = pad(Plain.transpose(rows, count), t.hidden(), stride, missing(count, stride), Padding.EDGE);
        return Plain.transpose(plain.conv("encoder.downsample.conv", padded, stride, 1), t.hidden());
    }

    private static float[] elu(float[] x) {
        return each(x, v -> v > 0 ? v : Math.exp(v) - 1);
    }

    /** Zeros before the input, and after it as many as complete the last output. */
    private float[] causal(String name, float[] x, int in, int kernel, int stride) {
        float[] padded = pad(x, in, kernel - stride, missing(x.length / in, stride), Padding.ZERO);
        return plain.conv("encoder.encoder.layers." + name, padded, stride, 1);
    }

    private static int missing(int time, int stride) {
        return (stride - time % stride) % stride;
    }

    private float[] layer(String name, float[] x, int window) {
        float[] h = norm(name + "input_layernorm", x);
        float[] q = rotary(linear(name + "self_attn.q_proj", h, t.hidden(), t.queryWidth()));
        float[] k = rotary(linear(name + "self_attn.k_proj", h, t.hidden(), t.kvWidth()));
        float[] v = linear(name + "self_attn.v_proj", h, t.hidden(), t.kvWidth());
        float[] attended = Plain.attention(q, k, v, t.heads(), t.kvHeads(), t.headDim(), window);
        attended = linear(name + "self_attn.o_proj", attended, t.queryWidth(), t.hidden());
        float[] y = Plain.plus(x, Plain.times(attended, plain.weight(name + "self_attn_layer_scale.scale")));
        h = norm(name + "post_attention_layernorm", y);
        float[] fed = Plain.gelu(linear(name + "mlp.fc1", h, t.hidden(), t.intermediate()));
        fed = linear(name + "mlp.fc2", fed, t.intermediate(), t.hidden());
        return Plain.plus(y, Plain.times(fed, plain.weight(name + "mlp_layer_scale.scale")));
    }

    private float[] norm(String name, float[] x) {
        return Plain.layerNorm(x, plain.weight(name + ".weight"), plain.weight(name + ".bias"), t.normEps());
    }

    private float[] linear(String name, float[] x, int in, int out) {
        return Plain.linear(x, plain.weight(name + ".weight"), null, in, out);
    }

    private float[] rotary(float[] x) {
        return Plain.rotary(x, t.heads(), t.headDim(), 0, t.ropeTheta());
    }
}
