package io.github.qwen3tts.audio.internal.dsp;

import java.util.Arrays;
import java.util.Objects;

/**
 * Speaks faster or slower at the same pitch: waveform-similarity overlap-add (WSOLA). Output grows in hops of 15 ms.
 * Each hop fades from what followed the last one in the input to a piece near the instant the tempo asks for, and of
 * the pieces within 8 ms of that instant the one most alike is taken, so that periods of the voice stay whole.
 *
 * <p>n samples become {@code round(n / speed)}; speed 1 hands every sample through untouched. One instance is one
 * stream of mono audio: {@link #push} what comes, {@link #finish} at the end. However the input is cut, the output is
 * the same to the last bit. It lags by less than 38 ms of input, from speed 2.5 on by less than one hop of
 * output. For one thread at a time.
 */
public final class TimeStretch {

    /** The slowest speed: four times as long. */
    public static final double MIN_SPEED = 0.25;

    /** The fastest speed: a quarter as long. */
    public static final double MAX_SPEED = 4;

    private static final double HOP_SECONDS = 0.015;
    private static final double SEARCH_SECONDS = 0.008;
    private static final float[] NOTHING = new float[0];

    private final double speed;
    private final int hop;
    private final int search; // candidates start up to this many samples before and after the wanted instant
    private final float[] fadeIn; // [hop], rises from 0 to 1; with its mirror image it adds up to 1

    private float[] input; // the samples that still count; the first stands for index inputStart
    private int inputSize;
    private long inputStart;
    private long received;
    private long hops; // emitted so far
    private long continuation; // where the piece last emitted goes on in the input
    private boolean finished;

    /**
     * Starts a stream.
     *
     * @param speed        how many seconds of input become one second of output, in
     *                     {@code [}{@value #MIN_SPEED}, {@value #MAX_SPEED}{@code ]}
     * @param sampleRateHz samples per second, {@code >= 1000}
     */
    public TimeStretch(double speed, int sampleRateHz) {
        if (!(speed >= MIN_SPEED && speed <= MAX_SPEED)) {
            throw new IllegalArgumentException(
                    "speed must be in [" + MIN_SPEED + ", " + MAX_SPEED + "]: speed=" + speed);
        }
        if (sampleRateHz < 1000) {
            throw new IllegalArgumentException("sampleRateHz must be >= 1000: sampleRateHz=" + sampleRateHz);
        }
        this.speed = speed;
        this.hop = (int) Math.round(HOP_SECONDS * sampleRateHz);
        this.search = (int) Math.round(SEARCH_SECONDS * sampleRateHz);
        this.fadeIn = new float[hop];
        for (int i = 0; i < hop; i++) {
            fadeIn[i] = (float) (0.5 - 0.5 * Math.cos(Math.PI * (i + 0.5) / hop));
        }
        this.input = speed == 1 ? NOTHING : new float[8 * hop];
    }

    /**
     * Takes the next samples.
     *
     * @param samples holds them; read only, free to reuse on return
     * @param from    index of the first
     * @param count   how many
     * @return the output that is ready; the caller's to keep
     */
    public float[] push(float[] samples, int from, int count) {
        Objects.checkFromIndexSize(from, count, samples.length);
        requireOpen();
        received += count;
        if (speed == 1) {
            return Arrays.copyOfRange(samples, from, from + count);
        }
        reserve(count);
        System.arraycopy(samples, from, input, inputSize, count);
        inputSize += count;
        long ready = hops;
        while (wanted(ready) + lookahead() <= received) {
            ready++;
        }
        float[] out = new float[Math.toIntExact((ready - hops) * hop)];
        emitUntil(ready, out);
        return out;
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
        if (speed == 1) {
            return NOTHING;
        }
        long end = Math.round(received / speed);
        long rest = end - hops * hop;
        long lastHop = (end + hop - 1) / hop;
        int silence = Math.toIntExact(Math.max(0, wanted(lastHop) + lookahead() - received));
        reserve(silence);
        Arrays.fill(input, inputSize, inputSize + silence, 0f);
        inputSize += silence;
        float[] out = new float[Math.toIntExact((lastHop - hops) * hop)];
        emitUntil(lastHop, out);
        return Arrays.copyOf(out, Math.toIntExact(rest));
    }

    private void requireOpen() {
        if (finished) {
            throw new IllegalStateException(
                    "time stretch is finished: received=" + received + "; a new stream needs a new one");
        }
    }

    /** The instant of the input that the tempo asks for at the start of a hop. */
    private long wanted(long atHop) {
        return Math.round(atHop * hop * speed);
    }

    /** Input after {@link #wanted} that a hop reads, or that must exist for it to be part of the final length. */
    private int lookahead() {
        return Math.max(search + 2 * hop, (int) Math.ceil(hop * speed) + 1);
    }

    /** Drops the input no later hop needs, and makes room for more. */
    private void reserve(int count) {
        long firstNeeded = Math.min(continuation, Math.max(0, wanted(hops) - search));
        int dropped = (int) Math.max(0, Math.min(inputSize, firstNeeded - inputStart));
        inputSize -= dropped;
        inputStart += dropped;
        int needed = Math.addExact(inputSize, count);
        float[] target = needed <= input.length ? input : new float[Math.max(needed, 2 * inputSize)];
        System.arraycopy(input, dropped, target, 0, inputSize);
        input = target;
    }

    private void emitUntil(long end, float[] out) {
        for (int o = 0; hops < end; hops++, o += hop) {
            int tail = (int) (continuation - inputStart);
            int piece = hops == 0 ? tail : mostAlike(tail, (int) (wanted(hops) - inputStart));
            for (int i = 0; i < hop; i++) {
                out[o + i] = input[tail + i] + fadeIn[i] * (input[piece + i] - input[tail + i]);
            }
            continuation = inputStart + piece + hop;
        }
    }

    /** The start of the piece near {@code middle} whose correlation with the hop at {@code tail} is the largest. */
    private int mostAlike(int tail, int middle) {
        int first = Math.max((int) -inputStart, middle - search);
        double energy = 1e-9; // keeps silence from dividing by 0
        for (int i = 0; i < hop; i++) {
            energy += (double) input[first + i] * input[first + i];
        }
        int best = middle;
        double bestLikeness = 0;
        for (int piece = first; piece <= middle + search; piece++) {
            double likeness = dot(tail, piece) / Math.sqrt(energy);
            if (likeness > bestLikeness) {
                bestLikeness = likeness;
                best = piece;
            }
            double leaves = input[piece];
            double enters = input[piece + hop];
            energy = Math.max(1e-9, energy - leaves * leaves + enters * enters);
        }
        return best;
    }

    private float dot(int a, int b) {
        float even = 0;
        float odd = 0;
        for (int i = 0; i + 1 < hop; i += 2) {
            even += input[a + i] * input[b + i];
            odd += input[a + i + 1] * input[b + i + 1];
        }
        return even + odd;
    }
}
