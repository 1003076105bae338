package io.github.qwen3tts.internal.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qwen3tts.internal.ProgressListeners;
import io.github.qwen3tts.internal.onnx.ElementType;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Layers;
import io.github.qwen3tts.internal.onnx.OnnxModel;
import io.github.qwen3tts.internal.onnx.Value;
import io.github.qwen3tts.internal.safetensors.DataType;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparedGraphsTest {

    private static final int WIDTH = 96; // times 100 rows: a weight too large to be part of the graph
    private static final int OUT = 100;

    @TempDir
    private Path directory;

    private Path prepared;
    private OrtRuntime runtime;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(PreparedGraphs.processor().isPresent(), "nobody can tell which processor this is");
        assumeTrue(Files.getFileStore(directory).getUsableSpace() > 2L << 30, "nothing is prepared on a full disk");
        prepared = directory.resolve("graphs");
        runtime = OrtRuntime.start(new OrtRuntime.Threads(2, false)).preparingIn(prepared, 0, ProgressListeners.LOGGED);
    }

    @Test
    void preparedGraphComputesTheSameBits() throws IOException {
        OnnxModel graph = graph(weights(1));
        float[] fresh = run(runtime.open(graph, OrtRuntime.Size.LARGE));
        assertArrayEquals(fresh, run(runtime.openPrepared(graph, OrtRuntime.Size.LARGE)));
        Path folder = onlyFolder();
        FileTime made = Files.getLastModifiedTime(folder.resolve(PreparedGraphs.WEIGHTS));

        assertArrayEquals(fresh, run(runtime.openPrepared(graph, OrtRuntime.Size.LARGE)));
        assertEquals(folder, onlyFolder());
        assertEquals(made, Files.getLastModifiedTime(folder.resolve(PreparedGraphs.WEIGHTS)), "made once");
    }

    /** Matrices that leave the one after them at any place of the file. */
    @Test
    void preparedGraphOfSmallIntegerMatricesComputesTheSameBits() throws IOException {
        for (int bits : new int[] {8, 4}) {
            OnnxModel graph = chainOfBlockLinears(bits, 6);
            float[] fresh = run(runtime.open(graph, OrtRuntime.Size.LARGE));
            assertArrayEquals(fresh, run(runtime.openPrepared(graph, OrtRuntime.Size.LARGE)), "bits=" + bits);
            assertArrayEquals(fresh, run(runtime.openPrepared(graph, OrtRuntime.Size.LARGE)), "bits=" + bits);
        }
    }

    @Test
    void otherWeightsAreAnotherGraph() throws IOException {
        float[] before = run(runtime.openPrepared(graph(weights(1)), OrtRuntime.Size.LARGE));
        Path folder = onlyFolder();
        OnnxModel changed = graph(weights(2)); // the same file and the same graph
        float[] after = run(runtime.openPrepared(changed, OrtRuntime.Size.LARGE));
        assertArrayEquals(run(runtime.open(changed, OrtRuntime.Size.LARGE)), after);
        assertNotEquals(before[0], after[0]);
        assertEquals(2, folders().size());
        assertTrue(folders().contains(folder));
    }

    @Test
    void damageIsNoticedAndMadeGood() throws IOException {
        OnnxModel graph = graph(weights(1));
        float[] expected = run(runtime.openPrepared(graph, OrtRuntime.Size.LARGE));
        for (String file : List.of(PreparedGraphs.GRAPH, PreparedGraphs.WEIGHTS)) {
            Path damaged = onlyFolder().resolve(file);
            try (FileChannel channel = FileChannel.open(damaged, StandardOpenOption.WRITE)) {
                channel.truncate(channel.size() / 2);
            }
            assertArrayEquals(expected, run(runtime.openPrepared(graph, OrtRuntime.Size.LARGE)), file);
            assertEquals(List.of(), folders(), file);
            assertArrayEquals(expected, run(runtime.openPrepared(graph, OrtRuntime.Size.LARGE)), file);
            onlyFolder();
        }
    }

    @Test
    void whatNobodyUsesGoesWhenAnotherIsMade() throws IOException {
        Path month = Files.createDirectories(prepared.resolve("old-0"));
        Files.write(month.resolve(PreparedGraphs.GRAPH), new byte[3]);
        Path week = Files.createDirectories(prepared.resolve("younger-0"));
        Files.setLastModifiedTime(month, FileTime.from(Instant.now().minus(Duration.ofDays(31))));
        Files.setLastModifiedTime(week, FileTime.from(Instant.now().minus(Duration.ofDays(7))));
        runtime.openPrepared(graph(weights(1)), OrtRuntime.Size.LARGE).close();
        assertFalse(Files.exists(month));
        assertTrue(Files.exists(week));
    }

    @Test
    void manyAtOnceMakeOne() throws IOException {
        OnnxModel graph = graph(weights(1));
        float[] expected = run(runtime.open(graph, OrtRuntime.Size.LARGE));
        List<float[]> results = IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> run(runtime.openPrepared(graph, OrtRuntime.Size.LARGE)))
                .toList();
        results.forEach(result -> assertArrayEquals(expected, result));
        onlyFolder();
    }

    @Test
    void graphOpensAllTheSameWhereNothingCanBeWritten() throws IOException {
        Files.write(prepared, new byte[0]); // not a directory
        OnnxModel graph = graph(weights(1));
        float[] expected = run(runtime.open(graph, OrtRuntime.Size.LARGE));
        assertArrayEquals(expected, run(runtime.openPrepared(graph, OrtRuntime.Size.LARGE)));
    }

    private Path onlyFolder() throws IOException {
        List<Path> all = folders();
        assertEquals(1, all.size(), all::toString);
        return all.get(0);
    }

    private List<Path> folders() throws IOException {
        try (Stream<Path> all = Files.list(prepared)) {
            return all.toList();
        }
    }

    private Safetensors weights(int seed) throws IOException {
        Path file = directory.resolve("weights.safetensors");
        SafetensorsWriter writer = new SafetensorsWriter(Map.of());
        writer.declare("weight", DataType.F32, List.of((long) OUT, (long) WIDTH));
        ByteBuffer bytes = ByteBuffer.allocate(OUT * WIDTH * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        new Random(seed).doubles(OUT * WIDTH).forEach(x -> bytes.putFloat((float) x));
        try (SafetensorsWriter.Output out = writer.create(file)) {
            out.write("weight", bytes.flip());
        }
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(seed))); // whatever the clock's steps
        return Safetensors.open(file);
    }

    private OnnxModel chainOfBlockLinears(int bits, int count) throws IOException {
        int blocks = WIDTH / 32;
        Random random = new Random(bits);
        SafetensorsWriter writer = new SafetensorsWriter(Map.of());
        for (int i = 0; i < count; i++) {
            long rows = i + 1 < count ? WIDTH : OUT;
            writer.declare("values" + i, DataType.U8, List.of(rows, (long) blocks, 32L * bits / 8));
            writer.declare("scales" + i, DataType.F32, List.of(rows, (long) blocks));
        }
        Path file = directory.resolve("chain" + bits + ".safetensors");
        try (SafetensorsWriter.Output out = writer.create(file)) {
            for (int i = 0; i < count; i++) {
                int rows = i + 1 < count ? WIDTH : OUT;
                byte[] values = new byte[rows * blocks * 32 * bits / 8];
                random.nextBytes(values);
                ByteBuffer scales =
                        ByteBuffer.allocate(rows * blocks * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                random.doubles((long) rows * blocks).forEach(x -> scales.putFloat((float) x / 100));
                out.write("values" + i, ByteBuffer.wrap(values));
                out.write("scales" + i, scales.flip());
            }
        }
        Safetensors weights = Safetensors.open(file);
        Graph g = Graph.named("chain" + bits, weights);
        Value x = g.input("x", ElementType.FLOAT, 1, WIDTH);
        for (int i = 0; i < count; i++) {
            int rows = i + 1 < count ? WIDTH : OUT;
            Value values = g.storedWeight("values" + i, rows, blocks, 32 * bits / 8);
            x = Layers.blockLinear(x, values, g.storedWeight("scales" + i, rows, blocks), bits, 32);
        }
        g.output("y", x);
        return g.finish();
    }

    private static OnnxModel graph(Safetensors weights) {
        Graph g = Graph.named("layer", weights);
        Value x = g.input("x", ElementType.FLOAT, 1, WIDTH);
        g.output("y", Layers.linear(x, g.weight("weight", OUT, WIDTH), null));
        return g.finish();
    }

    private static float[] run(OrtModel model) {
        try (model;
                Tensor x = Tensor.floats(1, WIDTH);
                Tensor y = Tensor.floats(1, OUT)) {
            for (int i = 0; i < WIDTH; i++) {
                x.floats().put(i, (float) Math.sin(i));
            }
            model.run(new OrtModel.Bindings().input("x", x).output("y", y));
            float[] result = new float[OUT];
            y.floats().get(result);
            return result;
        }
    }
}
