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
    void aWrongCommandLineEndsWithStatusTwo() {
        assertEquals(2, Main.run("speak", "--no-such-option"));
        assertEquals(2, Main.run());
    }

    private static int speak(Path out, String... more) {
        String[] fixed = {
            "speak",
            "--model",
            "mini",
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
