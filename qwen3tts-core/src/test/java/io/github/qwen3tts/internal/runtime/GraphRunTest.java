package io.github.qwen3tts.internal.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qwen3tts.internal.onnx.ElementType;
import io.github.qwen3tts.internal.onnx.Graph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphRunTest {

    @TempDir
    private Path directory;

    @Test
    void aRecordingNamesEveryGraphThatRan() throws IOException {
        OrtRuntime runtime = OrtRuntime.start(new OrtRuntime.Threads(2, false));
        Graph g = Graph.named("twice", null);
        g.output("y", g.input("x", ElementType.FLOAT, 1).times(2));
        Path file = directory.resolve("runs.jfr");
        try (OrtModel model = runtime.open(g.finish(), OrtRuntime.Size.SMALL);
                Tensor x = Tensor.floats(1);
                Tensor y = Tensor.floats(1);
                Recording recording = new Recording()) {
            OrtModel.Bindings bindings = new OrtModel.Bindings().input("x", x).output("y", y);
            model.run(bindings);
            recording.enable("io.github.qwen3tts.GraphRun");
            recording.start();
            model.run(bindings);
            model.run(bindings);
            recording.stop();
            recording.dump(file);
        }
        List<String> graphs = RecordingFile.readAllEvents(file).stream()
                .map(event -> event.getString("graph"))
                .toList();
        assertEquals(List.of("twice", "twice"), graphs);
    }
}
