package io.github.qwen3tts.internal.model.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.quantize.BlockFormat;
import io.github.qwen3tts.internal.quantize.PackedMatrix;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FormatChoiceTest {

    private final Checkpoint checkpoint = Checkpoint.open(GoldenFiles.path("checkpoints/mini-base"));

    @Test
    void floatsAreLeftToTheCheckpoint() {
        assertEquals(List.of(), new FormatChoice(Precision.FP32).matrices(checkpoint));
        assertEquals(List.of(), new FormatChoice(Precision.BF16).matrices(checkpoint));
    }

    @Test
    void fourBitsGoToEveryMatrixButTheHeads() {
        for (PackedMatrix matrix : matrices(Precision.INT4)) {
            boolean isHead =
                    matrix.values().contains("codec_head") || matrix.values().contains("lm_head");
            assertEquals(isHead ? BlockFormat.INT8 : BlockFormat.INT4, matrix.format(), matrix.values());
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
        assertEquals(
                weights,
                matrices(Precision.INT8).stream().mapToLong(PackedMatrix::rows).sum());
    }

    @Test
    void eachPartHasAFormatOfItsOwn() {
        Precision talkerOnly = Precision.FP32.withTalker(WeightFormat.INT8);
        assertTrue(names(talkerOnly).allMatch(name -> name.startsWith("talker.model.layers.")));
        Precision predictorOnly = Precision.FP32.withCodePredictor(WeightFormat.INT8);
        assertTrue(names(predictorOnly).allMatch(name -> name.matches("talker\\.code_predictor\\.(model|small_to).*")));
        Precision headsOnly = Precision.FP32.withHeads(WeightFormat.INT8);
        assertEquals(16, names(headsOnly).filter(name -> name.contains("_head")).count());
        assertEquals(16, names(headsOnly).count());
    }

    private Stream<String> names(Precision precision) {
        return matrices(precision).stream().map(PackedMatrix::values);
    }

    private List<PackedMatrix> matrices(Precision precision) {
        return new FormatChoice(precision)
                .matrices(checkpoint).stream().map(PackedMatrix.class::cast).toList();
    }
}
