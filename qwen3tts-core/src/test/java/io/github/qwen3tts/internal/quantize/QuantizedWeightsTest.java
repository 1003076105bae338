package io.github.qwen3tts.internal.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.ProgressListeners;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.quantize.PackedMatrix.Part;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.TensorInfo;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuantizedWeightsTest {

    /** Three matrices of mini-custom-voice packed, and one with columns that fill no whole block. */
    private static final List<PackedMatrix> MATRICES = List.of(
            new PackedMatrix(
                    "talker.model.layers.0.self_attn",
                    List.of(new Part("q_proj", 128), new Part("k_proj", 64), new Part("v_proj", 64)),
                    64,
                    BlockFormat.INT4),
            new PackedMatrix("talker.model.layers.0.mlp", List.of(new Part("down_proj", 64)), 72, BlockFormat.INT8));

    private final Checkpoint checkpoint = Checkpoint.open(GoldenFiles.path("checkpoints/mini-custom-voice"));

    @TempDir
    private Path directory;

    private Path cache;
    private LogCounter made;

    @BeforeEach
    void watch() {
        cache = directory.resolve("not/there/yet");
        made = new LogCounter(QuantizedWeights.class, "quantised weights made");
    }

    @AfterEach
    void stopWatching() {
        made.close();
    }

    private Safetensors open() {
        return QuantizedWeights.openOrMake(cache, checkpoint, checkpoint.weights(), MATRICES, ProgressListeners.LOGGED);
    }

    @Test
    void holdsEveryRowOfEveryPartInOrder() throws IOException {
        Safetensors quantized = open();
        for (PackedMatrix matrix : MATRICES) {
            int blocks = matrix.format().blocks(matrix.columns());
            int rowBytes = blocks * matrix.format().blockBytes(matrix.columns());
            byte[] values = new byte[matrix.rows() * rowBytes];
            float[] scales = new float[matrix.rows() * blocks];
            int row = 0;
            for (Part part : matrix.parts()) {
                float[] weights =
                        Safetensors.readFloats(checkpoint.weights().get(matrix.path() + "." + part.name() + ".weight"));
                for (int i = 0; i < part.rows(); i++, row++) {
                    float[] one = new float[matrix.columns()];
                    System.arraycopy(weights, i * matrix.columns(), one, 0, matrix.columns());
                    new BlockQuantizer(matrix.format(), matrix.columns())
                            .row(one, values, row * rowBytes, scales, row * blocks);
                }
            }
            assertEquals(ByteBuffer.wrap(values), Safetensors.map(quantized.get(matrix.values())));
            assertArrayEquals(scales, Safetensors.readFloats(quantized.get(matrix.scales())));
        }
    }

    @Test
    void isMadeOnceAndLeavesNothingElseBehind() throws IOException {
        Path file = open().source();
        byte[] bytes = Files.readAllBytes(file);
        assertEquals(file, open().source());
        assertEquals(1, made.count());
        assertArrayEquals(bytes, Files.readAllBytes(file));
        try (Stream<Path> files = Files.list(cache)) {
            assertEquals(
                    List.of(file.getFileName().toString(), file.getFileName() + ".lock"),
                    files.map(f -> f.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void otherMatricesAndFormatsGetFilesOfTheirOwn() {
        Path file = open().source();
        PackedMatrix eightBits =
                new PackedMatrix("talker.model.layers.0.mlp", List.of(new Part("down_proj", 64)), 72, BlockFormat.INT4);
        Path other = QuantizedWeights.openOrMake(
                        cache,
                        checkpoint,
                        checkpoint.weights(),
                        List.of(MATRICES.get(0), eightBits),
                        ProgressListeners.LOGGED)
                .source();
        Checkpoint another = Checkpoint.open(GoldenFiles.path("checkpoints/mini-custom-voice-1b7"));
        Path third = QuantizedWeights.openOrMake(cache, another, another.weights(), MATRICES, ProgressListeners.LOGGED)
                .source();
        assertEquals(3, Stream.of(file, other, third).distinct().count());
        assertEquals(3, made.count());
    }

    /** What can happen to a file. */
    enum Damage {
        FLIPPED_BYTE_OF_VALUES {
            @Override
            void apply(Safetensors file, Path other) throws IOException {
                flip(file, file.get(MATRICES.get(0).values()).offset() + 1000);
            }
        },
        FLIPPED_BYTE_OF_SCALES {
            @Override
            void apply(Safetensors file, Path other) throws IOException {
                flip(file, file.get(MATRICES.get(1).scales()).offset());
            }
        },
        FLIPPED_BYTE_OF_CHECKSUMS {
            @Override
            void apply(Safetensors file, Path other) throws IOException {
                flip(file, file.get("checksums").offset() + 3);
            }
        },
        FLIPPED_BYTE_OF_A_NAME {
            @Override
            void apply(Safetensors file, Path other) throws IOException {
                String header = new String(Files.readAllBytes(file.source()), StandardCharsets.ISO_8859_1);
                flip(file, header.indexOf("down_proj.values"));
            }
        },
        ANOTHER_SHAPE_OF_AS_MANY_BYTES {
            @Override
            void apply(Safetensors file, Path other) throws IOException {
                String bytes = new String(Files.readAllBytes(file.source()), StandardCharsets.ISO_8859_1);
                String changed = bytes.replace("[256,2,16]", "[256,16,2]");
                assertEquals(bytes.length(), changed.length());
                Files.write(file.source(), changed.getBytes(StandardCharsets.ISO_8859_1));
            }
        },
        FLIPPED_BYTE_OF_THE_HEADER_LENGTH {
            @Override
            void apply(Safetensors file, Path other) throws IOException {
                flip(file, 1);
            }
        },
        TRUNCATED {
            @Override
            void apply(Safetensors file, Path other) throws IOException {
                byte[] bytes = Files.readAllBytes(file.source());
                Files.write(file.source(), Arrays.copyOf(bytes, bytes.length - 100));
            }
        },
        EMPTY {
            @Override
            void apply(Safetensors file, Path other) throws IOException {
                Files.write(file.source(), new byte[0]);
            }
        },
        MADE_FOR_ANOTHER_KEY {
            @Override
            void apply(Safetensors file, Path other) throws IOException {
                Files.write(file.source(), Files.readAllBytes(other));
            }
        };

        abstract void apply(Safetensors file, Path other) throws IOException;

        private static void flip(Safetensors file, long at) throws IOException {
            byte[] bytes = Files.readAllBytes(file.source());
            bytes[(int) at] ^= 1;
            Files.write(file.source(), bytes);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFileThatIsNotWhatItShouldBeIsMadeAgain(Damage damage) throws IOException {
        Path other = QuantizedWeights.openOrMake(
                        cache, checkpoint, checkpoint.weights(), MATRICES.subList(0, 1), ProgressListeners.LOGGED)
                .source();
        Safetensors file = open();
        byte[] whole = Files.readAllBytes(file.source());
        assertEquals(2, made.count());
        damage.apply(file, other);
        Safetensors again = open();
        assertEquals(3, made.count());
        assertArrayEquals(whole, Files.readAllBytes(again.source()));
        for (PackedMatrix matrix : MATRICES) {
            TensorInfo values = again.get(matrix.values());
            assertEquals(file.get(matrix.values()), values);
        }
    }

    @Test
    void threadsAtOnceMakeItOnce() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Path>> tasks = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                tasks.add(() -> open().source());
            }
            for (Future<Path> file : pool.invokeAll(tasks)) {
                assertTrue(Files.exists(file.get()));
            }
        } finally {
            pool.shutdown();
        }
        assertEquals(1, made.count());
    }

    @Test
    void processesAtOnceMakeItOnce() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            processes.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            OpeningProgram.class.getName(),
                            checkpoint.directory().toString(),
                            cache.toString())
                    .redirectErrorStream(true)
                    .start());
        }
        int makers = 0;
        for (Process process : processes) {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), output);
            assertTrue(output.contains("opened " + MATRICES.get(0).values()), output);
            makers += output.contains("quantised weights made") ? 1 : 0;
        }
        assertEquals(1, makers);
    }

    /** A process that wants the file. */
    static final class OpeningProgram {

        private OpeningProgram() {}

        /**
         * Opens it.
         *
         * @param args checkpoint and cache directory
         */
        public static void main(String[] args) {
            Checkpoint checkpoint = Checkpoint.open(Path.of(args[0]));
            Safetensors file = QuantizedWeights.openOrMake(
                    Path.of(args[1]), checkpoint, checkpoint.weights(), MATRICES, ProgressListeners.LOGGED);
            file.names().forEach(name -> System.out.println("opened " + name));
        }
    }

    @Test
    void aDirectoryThatCannotBeSaysWhatElseToDo() throws IOException {
        Files.createDirectories(cache.getParent());
        Files.writeString(cache, "a file");
        ModelLoadException failure = assertThrows(ModelLoadException.class, this::open);
        assertTrue(failure.getMessage().contains(cache.toString()), failure.getMessage());
        assertTrue(failure.getMessage().contains("choose another cache directory"), failure.getMessage());
    }

    @Test
    void aMatrixOfAnotherShapeIsRefusedAndNothingIsKept() throws IOException {
        List<PackedMatrix> wrong = List.of(new PackedMatrix(
                "talker.model.layers.0.mlp", List.of(new Part("down_proj", 63)), 72, BlockFormat.INT8));
        ModelLoadException failure = assertThrows(
                ModelLoadException.class,
                () -> QuantizedWeights.openOrMake(
                        cache, checkpoint, checkpoint.weights(), wrong, ProgressListeners.LOGGED));
        assertTrue(failure.getMessage().contains("down_proj.weight"), failure.getMessage());
        assertTrue(failure.getMessage().contains("[63, 72]"), failure.getMessage());
        try (Stream<Path> files = Files.list(cache)) {
            assertTrue(files.allMatch(file -> file.toString().endsWith(".lock")));
        }
    }
}
