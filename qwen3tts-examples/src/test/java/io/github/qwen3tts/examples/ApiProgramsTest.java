package io.github.qwen3tts.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SpeechSynthesizer;
import io.github.qwen3tts.audio.AudioReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Runs the programs of README.md and docs/ as a reader would: in a process and a directory of their own. There, the names
 * of the models are directories with tiny checkpoints of random weights, whose speeches end after 19 frames at most.
 */
class ApiProgramsTest {

    private static final Path GOLDEN = Path.of("../qwen3tts-core/src/test/resources/golden");
    private static final String FRAMES_19 = "FRAME_LIMIT, 19 frames";

    @TempDir
    private Path directory;

    @Test
    void theProgramOfTheReadmeRunsFromItsSource() throws Exception {
        model("mini-custom-voice", "demo");
        String readme = Files.readString(Path.of("../README.md"));
        String source = readme.substring(readme.indexOf("```java\n") + 8);
        Files.writeString(directory.resolve("SayHello.java"), source.substring(0, source.indexOf("```")));
        Run run = Run.of(directory, "SayHello.java");
        assertTrue(run.status() == 0 && run.out().contains(FRAMES_19), run.out());
        assertEquals(19 * 1920, AudioReader.read(directory.resolve("hello.wav")).length());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "layout; mini-custom-voice; demo; " + FRAMES_19,
                "withoutBlocking; mini-custom-voice; demo; " + FRAMES_19,
                "openedWithChoices; mini-custom-voice; Qwen/Qwen3-TTS-12Hz-0.6B-CustomVoice; " + FRAMES_19,
                "pretokenizer; mini-custom-voice; demo; 3",
                "goesWrong; mini-custom-voice; demo; change the request: ",
            })
    void theProgramPrintsWhatItShould(String program, String checkpoint, String model, String printed)
            throws Exception {
        model(checkpoint, model);
        Run run = Run.of(directory, ApiPrograms.class.getName(), program);
        assertTrue(run.status() == 0 && run.out().contains(printed), run.out());
    }

    /** It has no seed: random weights may also end a little before the limit of 20 s. */
    @Test
    void theProgramWithALimitSpeaksNoLonger() throws Exception {
        model("mini-custom-voice", "demo");
        Run run = Run.of(directory, ApiPrograms.class.getName(), "oneThingChanged");
        Matcher stats =
                Pattern.compile("(FRAME_LIMIT|END_OF_SPEECH), (\\d+) frames").matcher(run.out());
        assertTrue(run.status() == 0 && stats.find(), run.out());
        int frames = Integer.parseInt(stats.group(2));
        assertTrue(stats.group(1).equals("FRAME_LIMIT") ? frames == 250 : frames <= 250, run.out());
    }

    @ParameterizedTest
    @CsvSource({
        "voiceFromClip, mini-base, Qwen/Qwen3-TTS-12Hz-0.6B-Base, 19",
        "designedVoice, mini-voice-design, Qwen/Qwen3-TTS-12Hz-1.7B-VoiceDesign, 13",
        "javaSound, mini-custom-voice, demo, 19",
    })
    void theProgramWritesAFile(String program, String checkpoint, String model, int frames) throws Exception {
        model(checkpoint, model);
        Files.copy(GOLDEN.resolve("audio/speech_short_24k.wav"), directory.resolve("me.wav"));
        Run run = Run.of(directory, ApiPrograms.class.getName(), program);
        assertEquals(0, run.status(), run.out());
        assertEquals(
                frames * 1920,
                AudioReader.read(directory.resolve("morning.wav")).length());
    }

    @Test
    void theProgramWithAnOutputStreamWritesMp3() throws Exception {
        model("mini-custom-voice", "demo");
        Run run = Run.of(directory, ApiPrograms.class.getName(), "outputStream");
        assertEquals(0, run.status(), run.out());
        assertEquals(1.5, AudioReader.read(directory.resolve("morning.mp3")).seconds(), 0.15);
    }

    @Test
    void theProgramThatPlaysPlaysWhereThereIsASoundCard() throws Exception {
        model("mini-custom-voice", "Qwen/Qwen3-TTS-12Hz-0.6B-CustomVoice");
        Run run = Run.of(directory, ApiPrograms.class.getName(), "heardWhileMade");
        assumeFalse(run.out().contains("AudioDeviceException"), "this machine has no sound card");
        assertEquals(0, run.status(), run.out());
    }

    @Test
    void theProgramWithAServerListens() throws Exception {
        model("mini-custom-voice", "demo");
        Run run = Run.of(directory, ApiPrograms.class.getName(), "server");
        assumeFalse(run.out().contains("is another server running?"), "another program listens at port 8000");
        assertTrue(run.status() == 0 && run.out().contains("listening: http://127.0.0.1:8000"), run.out());
    }

    @Test
    void theProgramForAGpuSaysWhyThereIsNone() throws Exception {
        model("mini-custom-voice", "Qwen/Qwen3-TTS-12Hz-0.6B-CustomVoice");
        Run run = Run.of(directory, ApiPrograms.class.getName(), "gpu");
        assumeFalse(run.status() == 0, "this machine has a GPU");
        assertTrue(run.out().contains("DeviceException: CUDA"), run.out());
    }

    @Test
    void anApplicationIsTestedWithoutAnEngine() {
        List<String> texts = new ArrayList<>();
        SpeechSynthesizer stub = request -> {
            texts.add(request.text());
            return SpeechStream.of(List.of(AudioChunk.of(new float[1920], 24_000, 0, 1)));
        };
        new Announcer(stub).announceDelay("Lyon");
        assertEquals(List.of("The train to Lyon is late."), texts);
    }

    private void model(String checkpoint, String name) throws IOException {
        Path from = GOLDEN.resolve("checkpoints").resolve(checkpoint);
        Path to = Files.createDirectories(directory.resolve(name));
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        Path generation = to.resolve("generation_config.json");
        Files.writeString(
                generation,
                Files.readString(generation)
                        .replace("sample\": true", "sample\": false") // the same codes every time
                        .replace("\"max_new_tokens\": 8192", "\"max_new_tokens\": 20"));
    }

    /** Outcome of a process: its status, and all that it printed. */
    private record Run(int status, String out) {

        static Run of(Path directory, String... arguments) throws Exception {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Dfile.encoding=UTF-8",
                    "-cp",
                    System.getProperty("java.class.path")));
            command.addAll(List.of(arguments));
            Path out = directory.resolve("out.txt");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile());
            builder.environment().put("XDG_CACHE_HOME", directory.toString()); // quantised weights stay there
            Process process = builder.start();
            boolean ended = process.waitFor(5, TimeUnit.MINUTES);
            process.destroyForcibly();
            return new Run(ended ? process.exitValue() : -1, Files.readString(out));
        }
    }
}
