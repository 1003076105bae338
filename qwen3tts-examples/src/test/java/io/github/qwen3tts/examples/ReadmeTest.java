package io.github.qwen3tts.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.audio.AudioSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReadmeTest {

    private static final Path ROOT = Path.of("..");

    @Test
    void theJavaInTheReadmeIsTheExampleThatRuns() throws IOException {
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(ROOT.resolve("README.md")));
        assertTrue(block.find(), "README has Java in it");
        String example = Files.readString(Path.of("src/main/java/io/github/qwen3tts/examples/SayHello.java"));
        assertTrue(example.contains(block.group(1).indent(8)), "README's example stands in SayHello, line by line");
    }

    @Test
    void theExampleSpeaks() throws IOException {
        long[] heard = {0};
        SayHello.run(MiniCheckpoint.unpack(), new AudioSink() {
            @Override
            public void write(float[] samples, int from, int count) {
                heard[0] += count;
            }

            @Override
            public void close() {}
        });
        assertTrue(heard[0] >= 2 * 1920, "at least the two frames every speech has, samples=" + heard[0]);
    }
}
