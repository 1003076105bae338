package io.github.qwen3tts.internal.model.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormatChoiceTest {

    private final Checkpoint checkpoint = Checkpoint.open(GoldenFiles.path("checkpoints/mini-base"));

    @TempDir
    private Path directory;

    @Test
    void floatsLeaveTheCheckpointAndTheDiskAsTheyAre() {
        Path cache = directory.resolve("cache");
        assertSame(Projections.FLOAT32, new FormatChoice(Precision.FP32).projections(checkpoint, cache));
        assertSame(Projections.FLOAT32, new FormatChoice(Precision.BF16).projections(checkpoint, cache));
        assertFalse(Files.exists(cache));
    }

    @Test
    void fourBitsGoToEveryMatrixButTheHeads() throws IOException {
        Safetensors quantized = quantized(Precision.INT4);
        for (String name : quantized.names()) {
            if (name.endsWith(".values")) {
                boolean isHead = name.contains("codec_head") || name.contains("lm_head");
                long[] shape =
                        quantized.get(name).shape().stream().mapToLong(d -> d).toArray();
                long scales = quantized.get(name.replace(".values", ".scales")).elements();
                assertEquals(shape[0] * shape[1], scales, name);
                long blockSize = shape[2] * 8 / (isHead ? 8 : 4);
                assertTrue(blockSize == 32 || blockSize == 128, name + " " + List.of(shape[0], shape[1], shape[2]));
            }
        }
    }

    @Test
    void everyMatrixOfTheLanguageModelIsQuantizedAndNothingElse() throws IOException {
        long weights = 0;
        for (String name : checkpoint.weights().names()) {
            if (name.matches("talker\\..*(_proj|_head|lm_head\\.\\d+|small_to_mtp_projection)\\.weight")) {
                weights += checkpoint.weights().get(name).shape().get(0);
            }
        }
        Safetensors quantized = quantized(Precision.INT8);
        long rows = 0;
        for (String name : quantized.names()) {
            rows += name.endsWith(".values") ? quantized.get(name).shape().get(0) : 0;
        }
        assertEquals(weights, rows);
    }

    @Test
    void eachPartHasAFormatOfItsOwn() throws IOException {
        Precision talkerOnly = Precision.FP32.withTalker(WeightFormat.INT8);
        assertTrue(names(talkerOnly).allMatch(name -> name.startsWith("talker.model.layers.")));
        Precision predictorOnly = Precision.FP32.withCodePredictor(WeightFormat.INT8);
        assertTrue(names(predictorOnly).allMatch(name -> name.matches("talker\\.code_predictor\\.(model|small_to).*")));
        Precision headsOnly = Precision.FP32.withHeads(WeightFormat.INT8);
        assertEquals(16, names(headsOnly).filter(name -> name.contains("_head")).count());
        assertEquals(16, names(headsOnly).count());
    }

    private Stream<String> names(Precision precision) throws IOException {
        return quantized(precision).names().stream().filter(name -> name.endsWith(".values"));
    }

    private Safetensors quantized(Precision precision) throws IOException {
        Projections projections = new FormatChoice(precision).projections(checkpoint, directory);
        return ((QuantizedProjections) projections).quantized();
    }
}
