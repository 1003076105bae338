package io.github.qwen3tts.audio.internal.dsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Against librosa's filters and the official model's front end, in float32. */
class MelSpectrogramTest {

    private static final int BINS = 513;
    private static final int MELS = 128;
    private static final MelSpectrogram SPEAKER = new MelSpectrogram(24_000, 1024, 256, MELS);

    @Test
    void filtersAreThoseOfLibrosa() throws IOException {
        float[] sparse = Signals.resource("librosa_mel_128x513.f32"); // pairs of flat index and weight
        float[] golden = new float[MELS * BINS];
        for (int i = 0; i < sparse.length; i += 2) {
            golden[(int) sparse[i]] = sparse[i + 1];
        }
        float[][] filters = SPEAKER.filterbank();
        assertEquals(MELS, filters.length);
        for (int mel = 0; mel < MELS; mel++) {
            assertEquals(BINS, filters[mel].length);
            for (int bin = 0; bin < BINS; bin++) {
                assertEquals(golden[mel * BINS + bin], filters[mel][bin], 1e-8);
            }
        }
    }

    @Test
    void logMelOfNoiseAndTonesIsThatOfTheOfficialFrontEnd() throws IOException {
        float[] logMel = SPEAKER.logMel(Signals.resource("mel_audio.f32"));
        assertLogMel(Signals.resource("mel_log_mel.f32"), logMel, 1e-4);
    }

    @Test
    void logMelOfSpeechIsThatOfTheOfficialFrontEnd() throws IOException {
        float[] speech = Signals.pcm16("speech_24k.s16le");
        float[] golden = Signals.resource("speech_log_mel.f32");
        float[] logMel = SPEAKER.logMel(speech);
        // a float32 transform is this far off where the speech is silent; after exp nothing of it is left
        assertLogMel(golden, logMel, 3e-3);
        double worst = 0;
        for (int i = 0; i < golden.length; i++) {
            worst = Math.max(worst, Math.abs(Math.exp(golden[i]) - Math.exp(logMel[i])));
            if (golden[i] > -8) {
                assertEquals(golden[i], logMel[i], 5e-4);
            }
        }
        assertTrue(worst <= 1e-5, "after exp: " + worst);
    }

    @Test
    void framesAreWholeHops() {
        assertEquals(385, SPEAKER.minSamples());
        for (int samples : new int[] {385, 511, 512, 767, 768, 24_000}) {
            assertEquals(samples / 256, SPEAKER.frames(samples));
            assertEquals(samples / 256 * SPEAKER.mels(), SPEAKER.logMel(new float[samples]).length);
        }
    }

    @Test
    void silenceIsTheFloor() {
        for (float value : SPEAKER.logMel(new float[1_000])) {
            assertEquals((float) Math.log(1e-5), value);
        }
    }

    @Test
    void refusesAudioTooShortToMirror() {
        String message = assertThrows(IllegalArgumentException.class, () -> SPEAKER.logMel(new float[384]))
                .getMessage();
        assertTrue(message.contains("samples=384, minSamples=385"), message);
    }

    @Test
    void refusesSizesItCannotTransform() {
        assertThrows(IllegalArgumentException.class, () -> new MelSpectrogram(24_000, 1000, 256, MELS));
        assertThrows(IllegalArgumentException.class, () -> new MelSpectrogram(24_000, 1024, 0, MELS));
        assertThrows(IllegalArgumentException.class, () -> new MelSpectrogram(24_000, 1024, 2048, MELS));
        assertThrows(IllegalArgumentException.class, () -> new MelSpectrogram(0, 1024, 256, MELS));
    }

    private static void assertLogMel(float[] golden, float[] actual, double tolerance) {
        assertEquals(golden.length, actual.length);
        double worst = 0;
        for (int i = 0; i < golden.length; i++) {
            worst = Math.max(worst, Math.abs((double) golden[i] - actual[i]));
        }
        System.out.printf("log-mel, largest difference: %.1e%n", worst);
        assertTrue(worst <= tolerance, "largest difference " + worst);
    }
}
