package io.github.qwen3tts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.checkpoint.Checkpoint;
import io.github.qwen3tts.text.GoldenFiles;
import org.junit.jupiter.api.Test;

class PrecisionPolicyTest {

    private static final Checkpoint TOY = Checkpoint.open(GoldenFiles.path("checkpoints/mini-custom-voice"));

    @Test
    void toysStayExactWhereTheyMay() {
        assertEquals(Precision.FP32, PrecisionPolicy.onCpu(Precision.AUTO, TOY));
        assertEquals(Precision.FP32, PrecisionPolicy.onCuda(Precision.AUTO, TOY));
        assertEquals(Precision.INT4, PrecisionPolicy.onCpu(Precision.INT4, TOY));
    }

    @Test
    void theCodecDecoderIsRoundedOnRequestAndOnlyOnAProcessor() {
        Precision rounded = Precision.named("INT4+int8codec");
        assertEquals(Precision.INT4.withCodec(WeightFormat.INT8), rounded);
        assertEquals(rounded, PrecisionPolicy.onCpu(rounded, TOY));
        String message = assertThrows(InvalidRequestException.class, () -> PrecisionPolicy.onCuda(rounded, TOY))
                .getMessage();
        assertTrue(message.contains("codec=INT8"), message);
        assertThrows(InvalidRequestException.class, () -> PrecisionPolicy.onCudaProvider(rounded));
        assertThrows(InvalidRequestException.class, () -> Precision.INT8.withCodec(WeightFormat.INT4));
        assertThrows(InvalidRequestException.class, () -> Precision.named("int8codec"));
    }
}
