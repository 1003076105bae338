package io.github.qwen3tts.audio.internal.dsp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.audio.Soak;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeStretchTest {

    private static final int RATE = 24_000;

    @ParameterizedTest
    @ValueSource(doubles = {0.25, 0.5, 0.8, 0.99, 1.01, 1.25, 1.5, 2, 3.3, 4})
    void keepsThePitchAndLevelOfASine(double speed) {
        for (double hz : new double[] {80, 137, 220, 440, 1_000, 3_210}) {
            float[] out = stretched(Signals.sine(hz, 0.5, RATE, RATE), speed);
            int edge = RATE / 20;
            double pitch = pitch(out, edge, out.length - edge);
            assertEquals(hz, pitch, 0.01 * hz, "pitch at speed " + speed);
            double rms = Signals.rms(out, edge, out.length - edge);
            assertEquals(0.5 / Math.sqrt(2), rms, 0.02, "level of " + hz + " Hz at speed " + speed);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.25, 0.7, 1, 1.3, 2.5, 4})
    void isAsLongAsTheSpeedSays(double speed) {
        for (int samples : new int[] {0, 1, 100, 359, 360, 361, 1_920, 24_001, 100_000}) {
            assertEquals(Math.round(samples / speed), stretched(new float[samples], speed).length);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.25, 0.6, 0.95, 1, 1.1, 1.9, 3, 4})
    void streamingEqualsWhole(double speed) throws IOException {
        float[] speech = Signals.pcm16("speech_24k.s16le");
        float[] whole = stretched(speech, speed);
        for (int chunk : new int[] {1, 77, 1_920, 5_000}) {
            assertArrayEquals(whole, streamed(speech, speed, new Random(0), chunk, chunk), "chunks of " + chunk);
        }
        for (int i = 0; i < Soak.cases(1); i++) {
            long seed = Soak.seed(3) + i;
            assertArrayEquals(whole, streamed(speech, speed, new Random(seed), 0, 4_000), "chunks drawn, seed=" + seed);
        }
    }

    @Test
    void speedOneIsThePcmItself() {
        float[] noise = Signals.noise(10_000, 4);
        assertArrayEquals(noise, stretched(noise, 1));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.25, 0.5, 1.25, 2, 4})
    void outputLagsByNoMoreThanItsReach(double speed) {
        TimeStretch stretch = new TimeStretch(speed, RATE);
        double reach = Math.max(0.038, 0.015 * speed) * RATE + 2; // of the input, rounded
        long produced = 0;
        for (int chunk = 1; chunk <= 50; chunk++) {
            produced += stretch.push(new float[480]).length;
            double heard = produced * speed; // of the input
            assertTrue(480 * chunk - heard <= reach, "after chunk " + chunk + ": " + heard);
        }
    }

    @Test
    void silenceStaysSilent() {
        assertArrayEquals(new float[RATE / 2], stretched(new float[RATE], 2));
    }

    @Test
    void speechKeepsItsLevel() throws IOException {
        float[] speech = Signals.pcm16("speech_24k.s16le");
        for (double speed : new double[] {0.5, 0.8, 1.25, 2}) {
            float[] out = stretched(speech, speed);
            double change = Signals.decibels(Signals.rms(out, 0, out.length) / Signals.rms(speech, 0, speech.length));
            assertEquals(0, change, 1, "dB at speed " + speed);
        }
    }

    @Test
    void refusesOtherSpeeds() {
        for (double speed : new double[] {0.24, 4.1, 0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            String message = assertThrows(IllegalArgumentException.class, () -> new TimeStretch(speed, RATE))
                    .getMessage();
            assertEquals("speed must be in [0.25, 4.0]: speed=" + speed, message);
        }
        assertThrows(IllegalArgumentException.class, () -> new TimeStretch(2, 999));
    }

    @Test
    void nothingFollowsTheEnd() {
        TimeStretch stretch = new TimeStretch(2, RATE);
        stretch.finish();
        assertThrows(IllegalStateException.class, () -> stretch.push(new float[1]));
    }

    private static float[] stretched(float[] samples, double speed) {
        TimeStretch stretch = new TimeStretch(speed, RATE);
        return Signals.concat(stretch.push(samples), stretch.finish());
    }

    private static float[] streamed(float[] samples, double speed, Random random, int min, int max) {
        TimeStretch stretch = new TimeStretch(speed, RATE);
        float[] out = new float[0];
        for (int i = 0; i < samples.length; ) {
            int count = Math.min(samples.length - i, min + random.nextInt(max - min + 1));
            float[] more = stretch.push(samples, i, count);
            out = more.length == 0 ? out : Signals.concat(out, more);
            i += count;
        }
        return Signals.concat(out, stretch.finish());
    }

    /** Periods per second, counted between the first and the last rising zero crossing. */
    private static double pitch(float[] samples, int from, int to) {
        double first = -1;
        double last = -1;
        int crossings = 0;
        for (int i = from + 1; i < to; i++) {
            if (samples[i - 1] < 0 && samples[i] >= 0) {
                last = i - 1 + samples[i - 1] / (samples[i - 1] - samples[i]);
                first = crossings++ == 0 ? last : first;
            }
        }
        return (crossings - 1) * RATE / (last - first);
    }
}
