package io.github.qwen3tts.internal.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.graph.CodecMatrices;
import io.github.qwen3tts.internal.model.graph.FormatChoice;
import io.github.qwen3tts.internal.model.graph.Projections;
import io.github.qwen3tts.internal.quantize.QuantizedMatrix;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CachedMatricesTest {

    private static final Checkpoint CHECKPOINT = EncoderFiles.checkpoint();

    @TempDir
    private Path directory;

    private Path cache;

    @BeforeEach
    void nameCache() {
        cache = directory.resolve("cache");
    }

    @Test
    void floatsMakeNoFile() {
        for (Precision precision : List.of(Precision.FP32, Precision.BF16)) {
            assertSame(Projections.FLOAT32, CachedMatrices.languageModel(CHECKPOINT, precision, cache));
            assertSame(CodecMatrices.FLOAT32, CachedMatrices.codecDecoder(CHECKPOINT, precision, cache));
        }
        assertFalse(Files.exists(cache));
    }

    @Test
    void fileHoldsTheMatricesOfTheLanguageModel() throws IOException {
        CachedMatrices.languageModel(CHECKPOINT, Precision.INT4, cache);
        assertHolds(new FormatChoice(Precision.INT4).matrices(CHECKPOINT));
    }

    @Test
    void fileHoldsTheMatricesOfTheCodecDecoder() throws IOException {
        CachedMatrices.codecDecoder(CHECKPOINT, Precision.named("fp32+int8codec"), cache);
        assertHolds(CodecMatrices.eightBitMatrices(CHECKPOINT));
    }

    @Test
    void fileIsMadeOnce() throws IOException {
        CachedMatrices.languageModel(CHECKPOINT, Precision.INT8, cache);
        Object made = Files.getLastModifiedTime(file());
        CachedMatrices.languageModel(CHECKPOINT, Precision.INT8, cache);
        assertEquals(made, Files.getLastModifiedTime(file()));
    }

    private void assertHolds(List<QuantizedMatrix> matrices) throws IOException {
        Set<String> expected = matrices.stream()
                .flatMap(matrix -> Stream.of(matrix.values(), matrix.scales()))
                .collect(Collectors.toSet());
        List<String> names = new ArrayList<>(Safetensors.open(file()).names());
        names.remove("checksums");
        assertEquals(expected, Set.copyOf(names));
    }

    private Path file() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            List<Path> made =
                    files.filter(f -> f.toString().endsWith(".safetensors")).toList();
            assertEquals(1, made.size());
            return made.get(0);
        }
    }
}
