package io.github.qwen3tts.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.audio.AudioSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReadmeTest {

    private static final Path ROOT = Path.of("..");

    @Test
    void theJavaInTheReadmeIsTheExampleThatRuns() throws IOException {
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("README.md")));
        assertTrue(block.find(), "README has Java in it");
        String example = Files.readString(Path.of("src/main/java/io/github/qwen3tts/examples/SayHello.java"));
        assertTrue(example.contains(block.group(1).indent(8)), "README's example stands in SayHello, line by line");
    }

    @Test
    void theExampleSpeaks() throws IOException {
        AtomicInteger heard = new AtomicInteger();
        SayHello.run(new AudioSink() {
            @Override
            public void write(float[] samples, int from, int count) {
                heard.addAndGet(count);
            }

            @Override
            public void close() {}
        });
        double seconds = heard.get() / 24_000.0;
        assertTrue(seconds > 0.5 && seconds < 1.5, "seconds=" + seconds);
    }
}
