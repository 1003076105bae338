package io.github.qwen3tts.internal.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.internal.quantize.BlockFormat;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatrixPackingTest {

    @Test
    void bf16RoundsToTheNearestAndTiesToEven() {
        assertEquals((short) 0x3f80, MatrixPacking.toBf16(1f));
        assertEquals((short) 0x3f80, MatrixPacking.toBf16(Float.intBitsToFloat(0x3f808000)));
        assertEquals((short) 0x3f82, MatrixPacking.toBf16(Float.intBitsToFloat(0x3f818000)));
        assertEquals((short) 0x3f81, MatrixPacking.toBf16(Float.intBitsToFloat(0x3f808001)));
        assertEquals((short) 0xbf81, MatrixPacking.toBf16(Float.intBitsToFloat(0xbf808001)));
    }

    @Test
    void rowsArePaddedWithZeros() {
        ByteBuffer packed = MatrixPacking.pack(WeightType.FP32, 5, new float[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
        assertEquals(2 * 8 * 4, packed.remaining());
        for (int i : new int[] {5, 6, 7, 13, 14, 15}) {
            assertEquals(0, packed.getFloat(4 * i));
        }
        assertTrue(packed.isDirect());
        assertEquals(
                2 * 16, MatrixPacking.pack(WeightType.BF16, 5, new float[10]).remaining());
    }

    @Test
    void integersAreNotMadeHere() {
        assertThrows(IllegalArgumentException.class, () -> MatrixPacking.pack(WeightType.INT4, 32, new float[32]));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 64, 127, 128, 129, 1024, 3000})
    void blocksAreThoseOfTheQuantizedWeights(int inputs) {
        for (BlockFormat format : BlockFormat.values()) {
            WeightType type = WeightType.valueOf(format.name());
            assertEquals(format.blocks(inputs), type.blocks(inputs));
            assertEquals(format.blocks(inputs) * format.blockBytes(inputs), 16 * type.loads(inputs));
            assertEquals(format.blockBytes(inputs), 16 * type.loadsPerBlock(inputs));
        }
    }
}
