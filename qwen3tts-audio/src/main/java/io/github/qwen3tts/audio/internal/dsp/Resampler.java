package io.github.qwen3tts.audio.internal.dsp;

import io.github.qwen3tts.audio.Pcm;
import java.util.Arrays;
import java.util.Objects;

/**
 * Changes the sample rate, any to any, with no delay: what sounds at a second of the input sounds at that second of the
 * output. A polyphase windowed sinc with the response of soxr's "HQ", which the official model's loader uses; ours,
 * because the published pure Java one we found takes away a tenth of the band.
 *
 * <p>n samples become {@code ceil(n * (toHz / fromHz))}, the quotient rounded to a double as that loader does: where it
 * rounds up, a whole number of output samples gets one more.
 *
 * <p>One instance is one stream of one channel: {@link #push} what comes, {@link #finish} at the end. However the input
 * is cut, the output is the same to the last bit. Output lags until 96 samples at the lower of the two rates have
 * followed in the input: 4 ms at 24 kHz. For one thread at a time.
 */
public final class Resampler {

    private static final int MAX_RATIO = 1024;
    private static final float[] NOTHING = new float[0];

    private final int fromHz;
    private final int toHz;
    private final int step; // input samples per output sample: step / fractions
    private final int fractions;
    private final SincKernel kernel; // null: the rates are equal

    private float[] input; // the samples that still count; the first stands for index inputStart
    private int inputSize;
    private long inputStart;
    private long received;
    private long emitted;
    private boolean finished;

    /**
     * Starts a stream.
     *
     * @param fromHz samples per second that come, {@code >= 1}
     * @param toHz   samples per second that are wanted, {@code >= 1}; at most 1024 times as many or as few
     */
    public Resampler(int fromHz, int toHz) {
        if (fromHz < 1 || toHz < 1 || fromHz / MAX_RATIO > toHz || toHz / MAX_RATIO > fromHz) {
            throw new IllegalArgumentException("rates must be positive and at most a factor of " + MAX_RATIO
                    + " apart: fromHz=" + fromHz + ", toHz=" + toHz);
        }
        this.fromHz = fromHz;
        this.toHz = toHz;
        int divisor = greatestCommonDivisor(fromHz, toHz);
        this.step = fromHz / divisor;
        this.fractions = toHz / divisor;
        this.kernel = fromHz == toHz ? null : new SincKernel(fromHz, toHz, fractions);
        if (kernel != null) {
            inputSize = kernel.reach() - 1; // silence before the first sample
            inputStart = -inputSize;
            input = new float[4 * kernel.reach()];
        }
    }

    /**
     * Resamples whole audio, channel by channel.
     *
     * @param audio the audio; what it becomes must fit into one array
     * @param toHz  samples per second that are wanted, {@code >= 1}
     * @return the audio at that rate; {@code audio} itself if it has it already
     */
    public static Pcm resample(Pcm audio, int toHz) {
        if (audio.sampleRateHz() == toHz) {
            return audio;
        }
        int channels = audio.channels();
        double resampledLength = (double) audio.samples().length * toHz / audio.sampleRateHz();
        if (resampledLength > Integer.MAX_VALUE / 2) {
            throw new IllegalArgumentException("audio is too long to resample at once: samples="
                    + audio.samples().length + ", fromHz=" + audio.sampleRateHz() + ", toHz=" + toHz
                    + "; cut it, or push it through a stream");
        }
        if (channels == 1) {
            return Pcm.mono(resample(audio.samples(), audio.sampleRateHz(), toHz), toHz);
        }
        float[] mixed = NOTHING;
        float[] one = new float[audio.length()];
        for (int channel = 0; channel < channels; channel++) {
            for (int i = 0; i < one.length; i++) {
                one[i] = audio.samples()[i * channels + channel];
            }
            float[] resampled = resample(one, audio.sampleRateHz(), toHz);
            if (channel == 0) {
                mixed = new float[resampled.length * channels];
            }
            for (int i = 0; i < resampled.length; i++) {
                mixed[i * channels + channel] = resampled[i];
            }
        }
        return new Pcm(mixed, channels, toHz);
    }

    private static float[] resample(float[] samples, int fromHz, int toHz) {
        Resampler resampler = new Resampler(fromHz, toHz);
        float[] head = resampler.push(samples);
        float[] tail = resampler.finish();
        float[] all = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, all, head.length, tail.length);
        return all;
    }

    /**
     * Takes the next samples.
     *
     * @param samples holds them; read only, free to reuse on return
     * @param from    index of the first
     * @param count   how many
     * @return the output that is ready, often less than the input's worth; the caller's to keep
     */
    public float[] push(float[] samples, int from, int count) {
        Objects.checkFromIndexSize(from, count, samples.length);
        requireOpen();
        received += count;
        if (kernel == null) {
            return Arrays.copyOfRange(samples, from, from + count);
        }
        reserve(count);
        System.arraycopy(samples, from, input, inputSize, count);
        inputSize += count;
        long complete = Math.max(0, received - kernel.reach()); // positions below have all the input they weigh
        return emitUntil((complete * fractions + step - 1) / step);
    }

    /**
     * Takes a whole array of samples.
     *
     * @param samples the next samples; read only, free to reuse on return
     * @return the output that is ready
     */
    public float[] push(float[] samples) {
        return push(samples, 0, samples.length);
    }

    /**
     * Ends the stream; silence follows the last sample. Nothing can be pushed after it.
     *
     * @return the rest of the output
     */
    public float[] finish() {
        requireOpen();
        finished = true;
        if (kernel == null) {
            return NOTHING;
        }
        int silence = kernel.reach() + 1;
        reserve(silence);
        Arrays.fill(input, inputSize, inputSize + silence, 0f);
        inputSize += silence;
        return emitUntil((long) Math.ceil(received * ((double) toHz / fromHz)));
    }

    private void requireOpen() {
        if (finished) {
            throw new IllegalStateException("resampler is finished: received=" + received + ", emitted=" + emitted
                    + "; a new stream needs a new one");
        }
    }

    /** Drops the input no later output needs, and makes room for more. */
    private void reserve(int count) {
        long firstNeeded = emitted * step / fractions - kernel.reach() + 1;
        int dropped = (int) (firstNeeded - inputStart);
        inputSize -= dropped;
        inputStart = firstNeeded;
        int needed = Math.addExact(inputSize, count);
        float[] target = needed <= input.length ? input : new float[Math.max(needed, 2 * inputSize)];
        System.arraycopy(input, dropped, target, 0, inputSize);
        input = target;
    }

    private float[] emitUntil(long end) {
        float[] out = new float[Math.toIntExact(end - emitted)];
        int rows = kernel.rows();
        int reach = kernel.reach();
        for (int i = 0; i < out.length; i++, emitted++) {
            long position = emitted * step; // in fractions of an input sample
            long whole = position / fractions;
            long fraction = (position - whole * fractions) * rows; // in fractions of a row
            int row = (int) (fraction / fractions);
            int first = (int) (whole - reach + 1 - inputStart);
            float sum = dot(kernel.row(row), input, first);
            float between = (float) (fraction - (long) row * fractions) / fractions;
            if (between != 0) {
                sum += between * (dot(kernel.row(row + 1), input, first) - sum);
            }
            out[i] = sum;
        }
        return out;
    }

    /** Four sums side by side: the CPU need not wait for one addition to start the next. */
    private static float dot(float[] taps, float[] samples, int from) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int even = taps.length & ~3;
        for (int i = 0; i < even; i += 4) {
            a += taps[i] * samples[from + i];
            b += taps[i + 1] * samples[from + i + 1];
            c += taps[i + 2] * samples[from + i + 2];
            d += taps[i + 3] * samples[from + i + 3];
        }
        for (int i = even; i < taps.length; i++) {
            a += taps[i] * samples[from + i];
        }
        return a + b + (c + d);
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }
}
