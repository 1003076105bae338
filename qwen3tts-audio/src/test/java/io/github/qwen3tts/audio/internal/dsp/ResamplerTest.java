package io.github.qwen3tts.audio.internal.dsp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.audio.Pcm;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResamplerTest {

    /** Where the silence around the signal is heard: the reference and we end it differently. */
    private static final int EDGE = 480;
    /** What soxr's own coefficients leave at the worst ratio (44.1 kHz) is 79 dB. */
    private static final double MIN_SNR_DB = 75;

    private static final double MAX_ALIAS_DB = -80;
    private static final int GOLDEN_FROM = 8_000;

    @ParameterizedTest
    @ValueSource(ints = {8_000, 16_000, 22_050, 44_100, 48_000})
    void soundsLikeSoxrHq(int rate) throws IOException {
        float[] golden = Signals.resource("soxr_hq_chirp_" + rate + "_to_24000.f32"); // [8000, 24000) of the result
        float[] chirp = Signals.chirp(0.9 * Math.min(rate, 24_000) / 2, rate);
        float[] ours = to(24_000, chirp, rate);
        float[] tail = new float[golden.length];
        System.arraycopy(ours, GOLDEN_FROM, tail, 0, tail.length);
        double snr = Signals.snr(golden, tail, 0, tail.length - EDGE);
        System.out.printf("%d Hz to 24 kHz against soxr HQ: %.1f dB%n", rate, snr);
        assertTrue(snr >= MIN_SNR_DB, rate + " Hz: " + snr + " dB");
    }

    /** Lengths of librosa 0.11, of which 24001 shows the rounding of its quotient. */
    @ParameterizedTest
    @CsvSource({
        "8000,8000,24000",
        "16000,16000,24000",
        "22050,22050,24001",
        "44100,44100,24001",
        "48000,48000,24000",
        "11025,44100,6001",
        "140900,44100,76681",
        "1,48000,1",
        "3,48000,2",
        "0,44100,0"
    })
    void isAsLongAsTheReferenceMakesIt(int samples, int rate, int expected) {
        assertEquals(expected, to(24_000, new float[samples], rate).length);
    }

    @ParameterizedTest
    @ValueSource(ints = {44_100, 48_000, 96_000, 44_101})
    void tonesAboveTheLowerNyquistFrequencyVanish(int rate) {
        float[] tones =
                Signals.sum(Signals.sine(13_000, 0.25, rate, rate / 2), Signals.sine(17_000, 0.25, rate, rate / 2));
        float[] out = to(24_000, tones, rate);
        double alias = Signals.decibels(Signals.rms(out, EDGE, out.length - EDGE));
        assertTrue(alias <= MAX_ALIAS_DB, rate + " Hz: " + alias + " dBFS");
    }

    /** A sine is known at every instant, so that any pair of rates has an exact answer, and delay would show. */
    @ParameterizedTest
    @CsvSource({
        "24000,48000",
        "24000,44100",
        "24000,16000",
        "24000,8000",
        "44101,24000",
        "24000,44101",
        "192000,24000",
        "7919,24000",
        "24000,7919",
        "11025,96000"
    })
    void keepsASineInPlaceAtAnyPairOfRates(int from, int to) {
        double hz = 0.37 * Math.min(from, to);
        float[] out = to(to, Signals.sine(hz, 0.5, from, from / 2), from);
        float[] expected = Signals.sine(hz, 0.5, to, out.length);
        int edge = (int) Math.ceil(200.0 * to / Math.min(from, to));
        double snr = Signals.snr(expected, out, edge, out.length - edge);
        assertTrue(snr >= 110, from + " to " + to + ": " + snr + " dB");
    }

    @ParameterizedTest
    @CsvSource({"44100,24000", "24000,48000", "24000,44100", "44101,24000", "8000,24000", "192000,8000", "24000,24000"})
    void streamingEqualsWhole(int from, int to) {
        float[] noise = Signals.noise(9_973, 11);
        float[] whole = to(to, noise, from);
        for (int chunk : new int[] {1, 7, 480, 1_920, 9_972}) {
            assertArrayEquals(whole, streamed(noise, from, to, 0, chunk), "chunks of " + chunk);
        }
        assertArrayEquals(whole, streamed(noise, from, to, 5, 3_000), "chunks drawn with seed 5");
    }

    @Test
    void outputLagsByNoMoreThanItsReach() {
        Resampler resampler = new Resampler(24_000, 48_000);
        assertEquals(2 * (1_920 - 96), resampler.push(new float[1_920]).length);
        assertEquals(2 * 1_920, resampler.push(new float[1_920]).length);
        assertEquals(2 * 96, resampler.finish().length);
    }

    @Test
    void channelsStayApart() {
        float[] left = Signals.noise(4_410, 1);
        float[] right = Signals.noise(4_410, 2);
        float[] both = new float[8_820];
        for (int i = 0; i < left.length; i++) {
            both[2 * i] = left[i];
            both[2 * i + 1] = right[i];
        }
        Pcm out = Resampler.resample(new Pcm(both, 2, 44_100), 24_000);
        float[] outLeft = to(24_000, left, 44_100);
        float[] outRight = to(24_000, right, 44_100);
        assertEquals(2, out.channels());
        assertEquals(24_000, out.sampleRateHz());
        assertEquals(outLeft.length, out.length());
        for (int i = 0; i < outLeft.length; i++) {
            assertEquals(outLeft[i], out.samples()[2 * i]);
            assertEquals(outRight[i], out.samples()[2 * i + 1]);
        }
    }

    @Test
    void sameRateIsLeftAlone() {
        Pcm audio = Pcm.mono(new float[5], 24_000);
        assertSame(audio, Resampler.resample(audio, 24_000));
    }

    @Test
    void refusesWhatNoStreamCanBe() {
        assertThrows(IllegalArgumentException.class, () -> new Resampler(0, 24_000));
        assertThrows(IllegalArgumentException.class, () -> new Resampler(24_000, -1));
        String message = assertThrows(IllegalArgumentException.class, () -> new Resampler(1, 24_000))
                .getMessage();
        assertTrue(message.contains("fromHz=1, toHz=24000"), message);
        Pcm tooLong = Pcm.mono(new float[2_000_000], 24);
        assertThrows(IllegalArgumentException.class, () -> Resampler.resample(tooLong, 24_000));
        Resampler finished = new Resampler(48_000, 24_000);
        finished.finish();
        assertThrows(IllegalStateException.class, () -> finished.push(new float[1]));
        assertThrows(IllegalStateException.class, finished::finish);
    }

    private static float[] to(int rate, float[] samples, int from) {
        return Resampler.resample(Pcm.mono(samples, from), rate).samples();
    }

    /** Pushes chunks of {@code size}, or with a seed of random sizes up to it. */
    private static float[] streamed(float[] samples, int from, int to, long seed, int size) {
        Random random = new Random(seed);
        Resampler resampler = new Resampler(from, to);
        float[] out = new float[0];
        for (int i = 0; i < samples.length; ) {
            int count = Math.min(samples.length - i, seed == 0 ? size : random.nextInt(size + 1));
            out = Signals.concat(out, resampler.push(samples, i, count));
            i += count;
        }
        return Signals.concat(out, resampler.finish());
    }
}
