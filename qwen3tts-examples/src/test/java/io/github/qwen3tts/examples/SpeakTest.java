package io.github.qwen3tts.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.internal.wav.WavReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpeakTest {

    @TempDir
    private Path directory;

    /** The first command of the README. */
    @Test
    void withoutAModelTheDemoVoiceSpeaksAndNamesBetterOnes() throws IOException {
        Path out = directory.resolve("hello.wav");
        Run run = Run.of("speak", "--text", "Good morning.", "--out", out.toString());
        assertEquals(0, run.status(), run.err());
        double seconds = WavReader.read(out).length() / 24_000.0;
        assertTrue(seconds > 0.5 && seconds < 1.5, "seconds=" + seconds);
        assertTrue(run.err().contains("demo: "), run.err());
        assertTrue(run.err().contains("this was the demo voice (English, 28 MB, a demonstration)"), run.err());
        assertTrue(
                run.err().contains("--model Qwen/Qwen3-TTS-12Hz-0.6B-CustomVoice --text ... (2.5 GB download)"),
                run.err());
    }

    @Test
    void aTextOfAnyLengthIsSpokenWhole() throws IOException {
        Path out = directory.resolve("long.wav");
        String text = "The small dog ran across the road. ".repeat(43); // 301 words
        Run run = Run.of("speak", "--text", text, "--seed", "7", "--out", out.toString());
        assertEquals(0, run.status(), run.err());
        double seconds = WavReader.read(out).length() / 24_000.0;
        assertTrue(seconds > 80 && seconds < 120, "2.2 s a sentence and 0.24 s a pause: seconds=" + seconds);
        assertFalse(run.err().contains("note:"), run.err());
    }

    @Test
    void onlyTheDemoVoiceNamesBetterOnes() {
        Run run = Run.of(
                "speak",
                "--model",
                MiniCheckpoint.CUSTOM_VOICE,
                "--text",
                "Hi",
                "--max-new-tokens",
                "3",
                "--out",
                directory.resolve("hi.wav").toString());
        assertEquals(0, run.status(), run.err());
        assertFalse(run.err().contains("this was"), run.err());
    }

    @Test
    void writesAsManyFramesAsItMayAndTheSameOnesForTheSameSeed() throws IOException {
        Path first = directory.resolve("first.wav");
        Path second = directory.resolve("second.wav");
        assertEquals(0, speak(first, "--speaker", "Ryan", "--language", "English"));
        assertEquals(0, speak(second, "--speaker", "Ryan", "--language", "English"));
        Pcm audio = WavReader.read(first);
        assertEquals(24_000, audio.sampleRateHz());
        assertEquals(7 * 1920, audio.length(), "8 draws make 7 frames");
        assertEquals(-1, Files.mismatch(first, second));
    }

    @Test
    void theTextIsReadAlongWithTheSpeechIfAskedFor() throws IOException {
        Path along = directory.resolve("along.wav");
        Path ahead = directory.resolve("ahead.wav");
        Path byDefault = directory.resolve("default.wav");
        assertEquals(0, speak(along, "--speaker", "Ryan", "--text-layout", "streaming"));
        assertEquals(0, speak(ahead, "--speaker", "Ryan", "--text-layout", "NON_STREAMING"));
        assertEquals(0, speak(byDefault, "--speaker", "Ryan"));
        assertTrue(Files.mismatch(along, ahead) >= 0);
        assertEquals(-1, Files.mismatch(ahead, byDefault), "a CustomVoice model");
    }

    @Test
    void anUnknownSpeakerEndsWithStatusOneAndNoFile() throws IOException {
        Path out = directory.resolve("none.wav");
        assertEquals(1, speak(out, "--speaker", "bob"));
        assertFalse(Files.exists(out));
    }

    @Test
    void anUnknownEndingIsRefusedBeforeAModelIsLookedFor() {
        Run run = Run.of("speak", "--model", "no such model", "--text", "Hi", "--out", "hello.mp9");
        assertEquals(1, run.status());
        assertTrue(run.err().contains("unknown ending of an audio file"), run.err());
    }

    @Test
    void theEndingDecidesTheFormatAndSecondsLimitIt() throws IOException {
        Path out = directory.resolve("hello.raw");
        Run run = Run.of(
                "speak",
                "--model-path",
                MiniCheckpoint.CUSTOM_VOICE,
                "--pretokenizer",
                "mistral",
                "--text",
                "Hi",
                "--max-duration",
                "0.24s",
                "--seed",
                "7",
                "--out",
                out.toString());
        assertEquals(0, run.status(), run.err());
        assertEquals(3 * 1920 * 2, Files.size(out), "three frames of 16-bit samples, and no header");
    }

    @Test
    void aWrongCommandLineEndsWithStatusTwo() {
        assertEquals(2, Main.run("speak", "--no-such-option"));
        assertEquals(2, Main.run());
    }

    private static int speak(Path out, String... more) {
        String[] fixed = {
            "speak",
            "--model",
            MiniCheckpoint.CUSTOM_VOICE,
            "--text",
            "Good morning.",
            "--seed",
            "7",
            "--max-new-tokens",
            "8",
            "--out",
            out.toString()
        };
        String[] all = new String[fixed.length + more.length];
        System.arraycopy(fixed, 0, all, 0, fixed.length);
        System.arraycopy(more, 0, all, fixed.length, more.length);
        return Main.run(all);
    }
}
