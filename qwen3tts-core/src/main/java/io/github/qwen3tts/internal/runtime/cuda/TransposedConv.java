package io.github.qwen3tts.internal.runtime.cuda;

import io.github.qwen3tts.internal.Check;

/**
 * A transposed convolution of the codec decoder as the convolution it equals: with stride s and a kernel of s or 2s, step
 * t of the input makes steps {@code t * s .. t * s + s - 1} of the output out of x[t] and, if the kernel is longer than
 * the stride, x[t - 1]; what the kernel writes beyond that is dropped. In row-major storage the s steps are one row.
 */
public final class TransposedConv {

    private TransposedConv() {}

    /**
     * The convolution's sizes.
     *
     * @param steps    input steps per frame
     * @param channels inputs per step
     * @param outputs  outputs per output step
     * @param stride   output steps per input step
     * @param kernel   {@code stride} or {@code 2 * stride}
     * @return a convolution with {@code stride * outputs} outputs per input step
     */
    public static CausalConv.Shape shape(int steps, int channels, int outputs, int stride, int kernel) {
        if (kernel != stride && kernel != 2 * stride) {
            throw new IllegalArgumentException(
                    Check.message("kernel must be stride or twice the stride", "kernel", kernel, "stride", stride));
        }
        return new CausalConv.Shape(steps, channels, stride * outputs, kernel / stride, 1);
    }

    /**
     * Reorders weights into those of the convolution.
     *
     * @param weights {@code [channels][outputs][kernel]} as published
     * @param outputs outputs per output step
     * @param stride  output steps per input step
     * @param shape   from {@link #shape}
     * @return {@code [stride * outputs][channels][taps]}, to be packed
     */
    public static float[] reorder(float[] weights, int outputs, int stride, CausalConv.Shape shape) {
        int taps = shape.taps();
        int kernel = taps * stride;
        float[] reordered = new float[weights.length];
        for (int channel = 0; channel < shape.channels(); channel++) {
            for (int output = 0; output < outputs; output++) {
                for (int k = 0; k < kernel; k++) {
                    int phase = k % stride;
                    int tap = taps - 1 - k / stride; // the first stride taps of the kernel belong to x[t], the last tap
                    reordered[((phase * outputs + output) * shape.channels() + channel) * taps + tap] =
                            weights[(channel * outputs + output) * kernel + k];
                }
            }
        }
        return reordered;
    }

    /**
     * Repeats a value per output channel for every output step of a row: biases, activations.
     *
     * @param perChannel {@code [outputs]}
     * @param stride     output steps per input step
     * @return {@code [stride * outputs]}
     */
    public static float[] repeat(float[] perChannel, int stride) {
        float[] repeated = new float[stride * perChannel.length];
        for (int i = 0; i < repeated.length; i++) {
            repeated[i] = perChannel[i % perChannel.length];
        }
        return repeated;
    }
}
