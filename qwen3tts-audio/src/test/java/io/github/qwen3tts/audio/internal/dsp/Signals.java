package io.github.qwen3tts.audio.internal.dsp;

import io.github.qwen3tts.audio.internal.Pcm16;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/** Test signals and how to compare them. */
final class Signals {

    private Signals() {}

    static float[] sine(double hz, double amplitude, int sampleRateHz, int length) {
        float[] samples = new float[length];
        for (int i = 0; i < length; i++) {
            samples[i] = (float) (amplitude * Math.sin(2 * Math.PI * hz * i / sampleRateHz));
        }
        return samples;
    }

    /** One second from 20 Hz to {@code endHz}, amplitude 0.5. */
    static float[] chirp(double endHz, int sampleRateHz) {
        float[] samples = new float[sampleRateHz];
        for (int i = 0; i < sampleRateHz; i++) {
            double t = (double) i / sampleRateHz;
            samples[i] = (float) (0.5 * Math.sin(2 * Math.PI * (20 * t + (endHz - 20) * t * t / 2)));
        }
        return samples;
    }

    static float[] noise(int length, long seed) {
        Random random = new Random(seed);
        float[] samples = new float[length];
        for (int i = 0; i < length; i++) {
            samples[i] = 2 * random.nextFloat() - 1;
        }
        return samples;
    }

    static float[] sum(float[] a, float[] b) {
        float[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }

    static double rms(float[] samples, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += (double) samples[i] * samples[i];
        }
        return Math.sqrt(sum / (to - from));
    }

    static double decibels(double ratio) {
        return 20 * Math.log10(ratio);
    }

    /** Signal to difference, in dB, over {@code [from, to)} of both. */
    static double snr(float[] expected, float[] actual, int from, int to) {
        double signal = 0;
        double difference = 0;
        for (int i = from; i < to; i++) {
            double d = (double) expected[i] - actual[i];
            signal += (double) expected[i] * expected[i];
            difference += d * d;
        }
        return 10 * Math.log10(signal / difference);
    }

    /** Little-endian floats lying beside this class. */
    static float[] resource(String name) throws IOException {
        byte[] bytes = bytes(name);
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    /** 16-bit samples lying beside this class. */
    static float[] pcm16(String name) throws IOException {
        byte[] bytes = bytes(name);
        float[] samples = new float[bytes.length / Pcm16.BYTES];
        Pcm16.decode(bytes, 0, samples.length, samples, 0);
        return samples;
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream in = Signals.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    static float[] concat(float[] a, float[] b) {
        float[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
