package io.github.qwen3tts.hearing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.internal.dsp.Resampler;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class SoundReportTest {

    private static final int HZ = 24_000;
    private static final int SECONDS = 3;

    @Test
    void everySentenceOfTheDemoVoicePasses() {
        for (int i = 0; i < DemoVoice.SENTENCES.size(); i++) {
            String text = DemoVoice.SENTENCES.get(i).text();
            assertEquals("", SoundReport.of(DemoVoice.goodSpeech().get(i)).complaint(), text);
        }
    }

    @Test
    void silenceFails() {
        SoundReport silence = SoundReport.of(Pcm.mono(new float[SECONDS * HZ], HZ));
        assertFalse(silence.passed());
        assertFalse(silence.level().passed());
        assertFalse(silence.silence().passed());
    }

    @Test
    void whiteNoiseFails() {
        assertFalse(SoundReport.of(Pcm.mono(noise(SECONDS * HZ), HZ)).treble().passed());
    }

    @Test
    void tonesFail() {
        assertOnlyFails("tone", sound(i -> 0.2 * Math.sin(2 * Math.PI * 440 * i / HZ)));
        assertOnlyFails("tone", sound(i -> 0.2 * Math.sin(2 * Math.PI * i * (300 + i / 1000.0) / HZ))); // a siren
    }

    @Test
    void steadyToneUnderSpeechFails() { // 22 dB below it
        Pcm speech = speech();
        double amplitude = 0.11 * rms(speech);
        assertOnlyFails("tone", changed(speech, i -> amplitude * Math.sin(2 * Math.PI * 3_000 * i / HZ)));
    }

    @Test
    void offsetOfSpeechFails() { // 30 dB below it
        Pcm speech = speech();
        double offset = 0.03 * rms(speech);
        assertOnlyFails("DC offset", changed(speech, i -> offset));
        assertOnlyFails("DC offset", changed(speech, i -> -offset));
    }

    @Test
    void hissAbove8kHzFails() { // 26 dB below the speech
        Pcm speech = speech();
        float[] band = Resampler.resample(Pcm.mono(noise(speech.length() / 3 + 1), HZ / 3), HZ)
                .samples(); // up to 4 kHz
        double gain = 0.05 * rms(speech) / rms(Pcm.mono(band, HZ));
        assertOnlyFails("energy above 8 kHz", changed(speech, i -> gain * band[i] * (i % 2 == 0 ? 1 : -1)));
    }

    @Test
    void wrongLevelsFail() {
        Pcm speech = speech();
        assertOnlyFails("level", changed(speech, i -> -0.8 * speech.samples()[i]));
        assertOnlyFails("level", changed(speech, i -> 2 * speech.samples()[i]));
    }

    @Test
    void longSilenceInSpeechFails() {
        Pcm speech = speech();
        float[] broken = new float[speech.length() + 2 * HZ];
        System.arraycopy(speech.samples(), 0, broken, 0, HZ);
        System.arraycopy(speech.samples(), HZ, broken, 3 * HZ, speech.length() - HZ);
        assertOnlyFails("silence", Pcm.mono(broken, HZ));
    }

    private static void assertOnlyFails(String check, Pcm audio) {
        String complaint = SoundReport.of(audio).complaint();
        assertEquals(check, complaint.split(":")[0], complaint);
        assertEquals(1, complaint.lines().count(), complaint);
    }

    private static Pcm speech() {
        return DemoVoice.goodSpeech().get(0);
    }

    private static Pcm sound(IntToDoubleFunction sample) {
        return changed(Pcm.mono(new float[SECONDS * HZ], HZ), sample);
    }

    private static Pcm changed(Pcm audio, IntToDoubleFunction added) {
        float[] samples = audio.samples().clone();
        for (int i = 0; i < samples.length; i++) {
            samples[i] += (float) added.applyAsDouble(i);
        }
        return Pcm.mono(samples, HZ);
    }

    private static float[] noise(int length) {
        Random random = new Random(1);
        float[] noise = new float[length];
        for (int i = 0; i < length; i++) {
            noise[i] = (float) (0.1 * random.nextGaussian());
        }
        return noise;
    }

    private static double rms(Pcm audio) {
        return SoundReport.of(audio).level().rms();
    }
}
