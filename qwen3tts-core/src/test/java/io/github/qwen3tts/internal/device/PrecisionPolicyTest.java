package io.github.qwen3tts.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.cuda.CudaModel;
import io.github.qwen3tts.internal.model.cuda.CudaSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrecisionPolicyTest {

    private static final LongSupplier MUCH = () -> Long.MAX_VALUE;
    private static final LongSupplier LITTLE = () -> 1;
    private static final LongSupplier NOT_ASKED = () -> fail("nothing to decide");
    private static final Checkpoint TOY = Toys.TOY;
    private static final long CODEC_BYTES = TOY.codecWeights().names().stream()
            .mapToLong(name -> TOY.codecWeights().find(name).orElseThrow().bytes())
            .sum();

    @Test
    void toysStayExactWhereTheyMay() {
        assertEquals(Precision.FP32, PrecisionPolicy.onCpu(Precision.AUTO, TOY, LITTLE));
        assertEquals(List.of(Precision.FP32), PrecisionPolicy.onCuda(Precision.AUTO, TOY));
        assertEquals(Precision.INT4, PrecisionPolicy.onCpu(Precision.INT4, TOY, NOT_ASKED));
    }

    @Test
    void takesWhatTheMemoryHolds(@TempDir Path directory) throws IOException {
        Checkpoint large = Toys.large(directory);
        long needed = (100 << 20) / 2 + CODEC_BYTES;
        assertEquals(Precision.INT8, PrecisionPolicy.onCpu(Precision.AUTO, large, MUCH));
        assertEquals(Precision.INT8, PrecisionPolicy.onCpu(Precision.AUTO, large, () -> needed / 3 * 4 + 8));
        assertEquals(Precision.INT4, PrecisionPolicy.onCpu(Precision.AUTO, large, () -> needed / 3 * 4 - 8));
        assertEquals(Precision.FP32, PrecisionPolicy.onCpu(Precision.FP32, large, NOT_ASKED));
        assertEquals(
                Precision.INT4.withTalker(WeightFormat.BF16),
                PrecisionPolicy.onCpu(Precision.AUTO.withTalker(WeightFormat.BF16), large, LITTLE));
    }

    @Test
    void offersACardWhatTakesLessAfterWhatIsBest(@TempDir Path directory) throws IOException {
        Checkpoint large = Toys.large(directory);
        assertEquals(
                List.of(Precision.BF16, Precision.INT8, Precision.INT4), PrecisionPolicy.onCuda(Precision.AUTO, large));
        assertEquals(List.of(Precision.INT8), PrecisionPolicy.onCuda(Precision.INT8, large));
        Precision heads = Precision.AUTO.withHeads(WeightFormat.FP32);
        assertEquals(
                List.of(
                        Precision.BF16.withHeads(WeightFormat.FP32),
                        Precision.INT8.withHeads(WeightFormat.FP32),
                        Precision.INT4.withHeads(WeightFormat.FP32)),
                PrecisionPolicy.onCuda(heads, large));
    }

    @Test
    void aCardGetsTheFirstThatFits() {
        List<CudaSettings> choices = Stream.of(Precision.FP32, Precision.BF16, Precision.INT4)
                .map(precision -> new CudaSettings(precision, 2, 64, 64, Path.of("unused")))
                .toList();
        long driver = 256L << 20; // left to it
        long[] bytes = choices.stream()
                .mapToLong(settings -> CudaModel.predictedBytes(TOY, settings) + driver)
                .toArray();
        assertTrue(bytes[0] > bytes[1] && bytes[1] > bytes[2], Arrays.toString(bytes));
        for (int i = 0; i < bytes.length; i++) {
            assertEquals(choices.get(i), CudaModel.firstThatFits(bytes[i], TOY, choices));
        }
        assertEquals(choices.get(2), CudaModel.firstThatFits(bytes[2] - 1, TOY, choices)); // whose message says more
    }

    @Test
    void theMachineHasMemory() {
        assertTrue(MachineMemory.totalBytes() >= Runtime.getRuntime().maxMemory(), "bytes");
    }

    @Test
    void theCodecDecoderIsRoundedOnRequestAndOnlyOnAProcessor() {
        Precision rounded = Precision.named("INT4+int8codec");
        assertEquals(Precision.INT4.withCodec(WeightFormat.INT8), rounded);
        assertEquals(rounded, PrecisionPolicy.onCpu(rounded, TOY, MUCH));
        String message = assertThrows(InvalidRequestException.class, () -> PrecisionPolicy.onCuda(rounded, TOY))
                .getMessage();
        assertTrue(message.contains("codec=INT8"), message);
        assertThrows(InvalidRequestException.class, () -> PrecisionPolicy.onCudaProvider(rounded));
        assertThrows(InvalidRequestException.class, () -> Precision.INT8.withCodec(WeightFormat.INT4));
        assertThrows(InvalidRequestException.class, () -> Precision.named("int8codec"));
    }
}
