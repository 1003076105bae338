package io.github.qwen3tts.hearing;

import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.internal.dsp.RealFft;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Outcome of all checks of a recording's sound: what a recogniser that hears up to 6.8 kHz, at any level, cannot tell.
 *
 * @param level    loudness
 * @param offset   mean of the samples
 * @param treble   energy above 8 kHz
 * @param tonality tones
 * @param silence  silent frames
 */
public record SoundReport(
        SoundVerdict.Level level,
        SoundVerdict.Offset offset,
        SoundVerdict.Treble treble,
        SoundVerdict.Tonality tonality,
        SoundVerdict.Silence silence) {

    private static final int FFT_SIZE = 1024; // 43 ms and bins of 23 Hz at 24 kHz
    private static final int TREBLE_HZ = 8_000;
    private static final int STEADY_HZ = 500; // below it, a voice of level pitch is a steady tone itself
    private static final double STEADY_QUANTILE = 0.2;
    private static final double SILENCE_RATIO = 0.01; // -40 dB
    private static final double FRAME_SECONDS = 0.02;

    /**
     * Measures a recording.
     *
     * @param audio of any rate; at least 43 ms at 24 kHz
     * @return the verdicts
     */
    public static SoundReport of(Pcm audio) {
        Pcm mono = audio.toMono();
        float[] samples = mono.samples();
        double sum = 0;
        double energy = 0;
        for (float sample : samples) {
            sum += sample;
            energy += (double) sample * sample;
        }
        double rms = Math.sqrt(energy / samples.length);
        double[][] spectra = spectra(samples);
        return new SoundReport(
                new SoundVerdict.Level(rms),
                new SoundVerdict.Offset(Math.abs(sum / samples.length) / rms),
                new SoundVerdict.Treble(treble(spectra, mono.sampleRateHz())),
                tonality(spectra, mono.sampleRateHz()),
                silence(samples, mono.sampleRateHz(), rms));
    }

    /**
     * Tells whether the recording passes every check.
     *
     * @return whether all verdicts passed
     */
    public boolean passed() {
        return verdicts().stream().allMatch(SoundVerdict::passed);
    }

    /**
     * Lists the verdicts.
     *
     * @return all of them, in the order of the components
     */
    public List<SoundVerdict> verdicts() {
        return List.of(level, offset, treble, tonality, silence);
    }

    /**
     * Says what is wrong.
     *
     * @return the sentences of the verdicts that failed, one a line; empty if none did
     */
    public String complaint() {
        return verdicts().stream()
                .filter(verdict -> !verdict.passed())
                .map(SoundVerdict::sentence)
                .collect(Collectors.joining("\n"));
    }

    /** Power of overlapping frames under a Hann window: {@code [frames][FFT_SIZE / 2 + 1]}. */
    private static double[][] spectra(float[] samples) {
        int hop = FFT_SIZE / 2;
        int frames = samples.length < FFT_SIZE ? 0 : (samples.length - FFT_SIZE) / hop + 1;
        RealFft fft = new RealFft(FFT_SIZE);
        double[] frame = new double[FFT_SIZE];
        double[] re = new double[hop + 1];
        double[] im = new double[hop + 1];
        double[][] power = new double[frames][hop + 1];
        for (int f = 0; f < frames; f++) {
            for (int i = 0; i < FFT_SIZE; i++) {
                frame[i] = samples[f * hop + i] * (0.5 - 0.5 * Math.cos(2 * Math.PI * i / FFT_SIZE));
            }
            fft.transform(frame, re, im);
            for (int k = 0; k <= hop; k++) {
                power[f][k] = re[k] * re[k] + im[k] * im[k];
            }
        }
        return power;
    }

    private static double treble(double[][] spectra, int sampleRateHz) {
        int first = Math.min(FFT_SIZE / 2 + 1, firstBin(TREBLE_HZ, sampleRateHz));
        double above = 0;
        double all = 0;
        for (double[] power : spectra) {
            all += sum(power, 0, power.length);
            above += sum(power, first, power.length);
        }
        return above / all;
    }

    private static SoundVerdict.Tonality tonality(double[][] spectra, int sampleRateHz) {
        double all = 0;
        double peaks = 0;
        for (double[] power : spectra) {
            all += sum(power, 0, power.length);
            double peak = 0;
            for (int k = 1; k < power.length - 1; k++) {
                peak = Math.max(peak, sum(power, k - 1, k + 2));
            }
            peaks += peak;
        }
        double steadiest = 0;
        double[] band = new double[spectra.length];
        for (int k = firstBin(STEADY_HZ, sampleRateHz); k < FFT_SIZE / 2 && band.length > 0; k++) {
            for (int f = 0; f < band.length; f++) {
                band[f] = sum(spectra[f], k - 1, k + 2);
            }
            Arrays.sort(band);
            steadiest = Math.max(steadiest, band[(int) (STEADY_QUANTILE * band.length)]);
        }
        return new SoundVerdict.Tonality(peaks / all, steadiest * spectra.length / all);
    }

    private static SoundVerdict.Silence silence(float[] samples, int sampleRateHz, double rms) {
        int size = (int) (FRAME_SECONDS * sampleRateHz);
        int frames = samples.length / size;
        double most = SILENCE_RATIO * rms * SILENCE_RATIO * rms * size;
        int silent = 0;
        int run = 0;
        int longest = 0;
        for (int f = 0; f < frames; f++) {
            double energy = 0;
            for (int i = f * size; i < (f + 1) * size; i++) {
                energy += (double) samples[i] * samples[i];
            }
            if (energy <= most) {
                silent++;
                longest = Math.max(longest, ++run);
            } else {
                run = 0;
            }
        }
        return new SoundVerdict.Silence((double) silent / frames, longest * FRAME_SECONDS);
    }

    private static int firstBin(int fromHz, int sampleRateHz) {
        return (int) Math.ceil((double) fromHz * FFT_SIZE / sampleRateHz);
    }

    private static double sum(double[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += values[i];
        }
        return sum;
    }
}
