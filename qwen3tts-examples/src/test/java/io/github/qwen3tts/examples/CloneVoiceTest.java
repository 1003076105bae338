package io.github.qwen3tts.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.internal.wav.WavReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CloneVoiceTest {

    private static final Path GOLDEN = Path.of("../qwen3tts-core/src/test/resources/golden");
    private static final String BASE = GOLDEN.resolve("checkpoints/mini-base").toString();
    private static final String CLIP =
            GOLDEN.resolve("audio/speech_short_24k.wav").toString();

    @TempDir
    private Path directory;

    @Test
    void clonedVoiceSpeaksFromItsFileAsItDoesFromItsClip() throws IOException {
        Path voice = directory.resolve("me.voice");
        Path fromClip = directory.resolve("clip.wav");
        Path fromFile = directory.resolve("file.wav");
        String[] transcript = {"--transcript", "Good morning."};
        assertEquals(
                0,
                run(transcript, "clone", "--clip", CLIP, "--language", "English", "--consent", "mine", "--out", voice));
        assertEquals(0, speak(fromClip, "--clone", CLIP, transcript[0], transcript[1]));
        assertEquals(0, speak(fromFile, "--voice", voice.toString()));
        assertEquals(7 * 1920, WavReader.read(fromClip).length());
        assertEquals(-1, Files.mismatch(fromClip, fromFile));
        assertEquals(Language.ENGLISH, Voice.load(voice).language());
        assertEquals("mine", Voice.load(voice).consent());
    }

    @Test
    void clipWithoutTranscriptSpeaksToo() throws IOException {
        Path withTranscript = directory.resolve("with.wav");
        Path without = directory.resolve("without.wav");
        assertEquals(0, speak(withTranscript, "--clone", CLIP, "--transcript", "Good morning."));
        assertEquals(0, speak(without, "--clone", CLIP));
        assertNotEquals(-1, Files.mismatch(withTranscript, without));
    }

    @Test
    void voiceOfAnotherProgramIsTakenOver() throws IOException {
        Path voice = directory.resolve("imported.voice");
        Path spk = Files.write(directory.resolve("me.spk"), new byte[64 * 4]);
        Path rvq = Files.write(directory.resolve("me.rvq"), new byte[5 * 12]);
        String[] transcript = {"--transcript", "Good morning."};
        assertEquals(0, run(transcript, "clone", "--spk", spk, "--rvq", rvq, "--consent", "mine", "--out", voice));
        assertEquals(5, Voice.load(voice).frames());
        assertEquals("mine", Voice.load(voice).consent());
        assertEquals(0, run(new String[0], "clone", "--spk", spk, "--consent", "mine", "--out", voice));
        assertEquals(0, Voice.load(voice).frames());
        assertEquals(2, run(transcript, "clone", "--consent", "mine", "--out", voice), "neither clip nor vector");
    }

    @Test
    void damagedVoiceFileEndsWithStatusOneAndNoAudio() throws IOException {
        Path voice = Files.writeString(directory.resolve("no.voice"), "nothing of the kind");
        Path out = directory.resolve("none.wav");
        assertEquals(1, speak(out, "--voice", voice.toString()));
        assertFalse(Files.exists(out));
    }

    @Test
    void designedVoiceIsKeptAndSpeaks() throws IOException {
        Path voice = directory.resolve("designed.voice");
        Path out = directory.resolve("designed.wav");
        int status = Main.run(
                "design-clone",
                "--design-model",
                GOLDEN.resolve("checkpoints/mini-voice-design").toString(),
                "--model",
                BASE,
                "--description",
                "A calm old man.",
                "--takes",
                "2",
                "--text",
                "Good morning.",
                "--max-new-tokens",
                "20",
                "--voice-out",
                voice.toString(),
                "--out",
                out.toString());
        assertEquals(0, status);
        assertEquals("designed by a model: nobody's voice", Voice.load(voice).consent());
        assertEquals(0, WavReader.read(out).length() % 1920);
    }

    private static int speak(Path out, String... voice) {
        return run(
                voice, "speak", "--text", "The lake is quiet.", "--seed", "7", "--max-new-tokens", "8", "--out", out);
    }

    private static int run(String[] more, Object... fixed) {
        List<String> all = new ArrayList<>();
        for (Object argument : fixed) {
            all.add(argument.toString());
        }
        all.addAll(List.of("--model", BASE));
        all.addAll(List.of(more));
        return Main.run(all.toArray(String[]::new));
    }
}
