package io.github.qwen3tts.examples;

import static org.junit.jupiter.api.Assertions.assertThrows;
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
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("README.md")));
        assertTrue(block.find(), "README has Java in it");
        String example = Files.readString(Path.of("src/main/java/io/github/qwen3tts/examples/SayHello.java"));
        assertTrue(example.contains(block.group(1).indent(8)), "README's example stands in SayHello, line by line");
    }

    @Test
    void theExampleSpeaks() throws IOException {
        Path model = MiniCheckpoint.unpack();
        assertThrows(
                HeardEnough.class,
                () -> SayHello.run(model, new AudioSink() {
                    private int heard;

                    @Override
                    public void write(float[] samples, int from, int count) throws IOException {
                        heard += count;
                        if (heard >= 20 * 1920) { // random weights need not come to an end
                            throw new HeardEnough();
                        }
                    }

                    @Override
                    public void close() {}
                }));
    }

    private static final class HeardEnough extends IOException {}
}
