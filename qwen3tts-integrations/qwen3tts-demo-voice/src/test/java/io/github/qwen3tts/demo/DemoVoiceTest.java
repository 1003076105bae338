package io.github.qwen3tts.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.Speaker;
import io.github.qwen3tts.api.Speech;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.hub.ModelHub;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo voice as an application gets it: by its name, from the jar. */
class DemoVoiceTest {

    private static final String MORNING = "Good morning.";

    /** Sentences that the voice was never trained on; 56 words. */
    private static final String WEATHER = "The weather will change during the night. A cold wind from the north will"
            + " bring rain to the coast and snow to the mountains, and the roads may be dangerous for drivers. On"
            + " Thursday the sun will return in most parts of the country, but the nights will remain cold until the"
            + " end of the week.";

    private static TtsEngine engine;

    @BeforeAll
    static void open() {
        engine = TtsEngine.open("demo");
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static SynthesisRequest request(String text) {
        return SynthesisRequest.of(text, Voice.any()).withSeed(7);
    }

    @Test
    void theArchiveHasTheHashThatTheClassSays() throws Exception {
        try (InputStream archive = new DemoVoice().open()) {
            byte[] bytes = archive.readAllBytes();
            assertEquals(
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)),
                    new DemoVoice().sha256());
        }
    }

    @Test
    void theNoticeGoesWithTheJarAndWithTheModel() throws Exception {
        String inModel =
                Files.readString(ModelHub.fromEnvironment().resolve("demo").resolve("NOTICE"));
        Path classes = Path.of(DemoVoice.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        assertEquals(inModel, Files.readString(classes.resolve("META-INF/NOTICE")));
        assertTrue(inModel.contains("Carnegie Mellon University"));
        assertTrue(inModel.contains("Princeton University"));
        assertTrue(inModel.contains("Kevin Atkinson"));
    }

    @Test
    void programsWrittenForAReleasedModelFindItsSpeakers() {
        assertTrue(engine.capabilities().speakers().stream()
                .map(Speaker::name)
                .toList()
                .containsAll(List.of(
                        "aiden", "dylan", "eric", "ono_anna", "ryan", "serena", "sohee", "uncle_fu", "vivian")));
    }

    @ParameterizedTest
    @EnumSource(TextLayout.class)
    void aSentenceEndsByItselfAndSoundsLikeSpeech(TextLayout layout) {
        Speech speech =
                engine.speak(request(MORNING).withLanguage(Language.ENGLISH).withLayout(layout));
        assertEquals(FinishReason.END_OF_SPEECH, speech.stats().reason());
        double seconds = speech.stats().audioSeconds();
        assertTrue(seconds > 0.5 && seconds < 1.5, "seconds=" + seconds);
        Spectrum spectrum = Spectrum.of(speech.audio().samples());
        assertTrue(spectrum.rms() > 0.05 && spectrum.rms() < 0.4, spectrum.toString());
        assertTrue(spectrum.below(4000) > 0.8, spectrum + ": noise has a third of its power there");
        assertTrue(spectrum.below(80) < 0.1, spectrum + ": no rumble");
    }

    /** Three hundred words, more than the model can say in one go. */
    @Test
    void aLongTextIsSpokenWholeFromItsBeginning() {
        String text = String.join(" ", WEATHER, WEATHER, WEATHER, WEATHER, WEATHER, WEATHER);
        Speech whole = engine.speak(request(text));
        assertEquals(FinishReason.END_OF_SPEECH, whole.stats().reason());
        double once = engine.speak(request(WEATHER)).stats().audioSeconds();
        assertTrue(once > 15 && once < 20, "seconds=" + once);
        assertEquals(6 * once + 5 * 0.24, whole.stats().audioSeconds(), 6 * 0.1 * once);
        float[] first = engine.speak(request("The weather will change during the night."))
                .audio()
                .samples();
        float[] samples = whole.audio().samples();
        for (int i = 0; i < first.length; i++) {
            assertEquals(first[i], samples[i], 1e-4f, "sample " + i);
        }
    }

    /** Texts that the model, in one go, begins in their middle. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Her long skirt brushed the floor. Followed the only honorable course of action. A heritage of freedom.",
                "The tides ebbed at noon. Our plans began to take shape. Washes, parameters and struggling.",
                "The build was successful. Knew full well. This vacuum pack locks in the flavor!! Silver, orange and"
                        + " blue."
            })
    void noSentenceOfATextIsLeftOut(String text) {
        double seconds = engine.speak(request(text)).stats().audioSeconds();
        assertTrue(seconds > 0.05 * text.length(), "seconds=" + seconds + ", characters=" + text.length());
    }

    @Test
    void aLongTextIsHeardBeforeItIsMade() {
        try (SpeechStream stream = engine.stream(request(WEATHER + " " + WEATHER))) {
            AudioChunk first = stream.iterator().next();
            assertEquals(0, first.firstFrame());
            assertEquals(1, first.frames());
        }
    }

    @Test
    void theSameSeedSpeaksTheSame() {
        List<float[]> speeches = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            speeches.add(engine.speak(request("Where did you put the keys? I need them now."))
                    .audio()
                    .samples());
        }
        assertArrayEquals(speeches.get(0), speeches.get(1));
    }

    @Test
    void itsDirectoryIsBelowTheCacheDirectoryOfTheUser() {
        Path cache = Path.of(System.getenv("XDG_CACHE_HOME"));
        assertEquals(
                cache.resolve("qwen3tts/models"),
                ModelHub.fromEnvironment().resolve("demo").getParent());
    }

    /**
     * Where the power of a sound lies.
     *
     * @param power by tenth of a kilohertz
     * @param rms   of the samples
     */
    private record Spectrum(double[] power, double rms) {

        private static final int WINDOW = 480;
        private static final double BIN_HZ = 24_000.0 / WINDOW;

        /** The mean power of windows of 20 ms. */
        static Spectrum of(float[] samples) {
            double[] power = new double[WINDOW / 2];
            double sum = 0;
            for (int from = 0; from + WINDOW <= samples.length; from += WINDOW) {
                for (int bin = 0; bin < power.length; bin++) {
                    double re = 0;
                    double im = 0;
                    for (int i = 0; i < WINDOW; i++) {
                        double hann = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / WINDOW);
                        re += hann * samples[from + i] * Math.cos(2 * Math.PI * bin * i / WINDOW);
                        im += hann * samples[from + i] * Math.sin(2 * Math.PI * bin * i / WINDOW);
                    }
                    power[bin] += re * re + im * im;
                }
            }
            for (float sample : samples) {
                sum += sample * sample;
            }
            return new Spectrum(power, Math.sqrt(sum / samples.length));
        }

        /** The share of the power below a frequency. */
        double below(double hertz) {
            double part = 0;
            double all = 0;
            for (int bin = 0; bin < power.length; bin++) {
                all += power[bin];
                part += bin * BIN_HZ < hertz ? power[bin] : 0;
            }
            return part / all;
        }

        @Override
        public String toString() {
            return "rms=" + rms + ", below80Hz=" + below(80) + ", below4kHz=" + below(4000);
        }
    }
}
