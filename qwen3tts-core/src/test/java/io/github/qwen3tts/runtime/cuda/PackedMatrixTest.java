package io.github.qwen3tts.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PackedMatrixTest {

    private final Random random = new Random(23);

    @ParameterizedTest
    @EnumSource(WeightType.class)
    void unpackedNumbersAreNearTheOriginal(WeightType type) {
        int outputs = 7;
        int inputs = 300;
        float[] values = TestDevice.random(random, outputs * inputs, 1);
        float[] unpacked = LinearReference.unpack(PackedMatrix.pack(type, outputs, inputs, values));
        for (int i = 0; i < values.length; i++) {
            double step = switch (type) {
                case FP32 -> 0;
                case BF16 -> Math.abs(values[i]) / 256;
                case INT8 -> 4.5 / 127 / 2 + 1e-6;
                case INT4 -> 4.5 / 8; // the far end of the other sign is cut off by up to a whole step
            };
            assertEquals(values[i], unpacked[i], step, type + " at " + i);
        }
    }

    @ParameterizedTest
    @EnumSource(WeightType.class)
    void rowsOfZerosStayZeros(WeightType type) {
        for (float value : LinearReference.unpack(PackedMatrix.pack(type, 2, 150, new float[300]))) {
            assertEquals(0, value);
        }
    }

    @Test
    void theLargestMagnitudeIsKeptExactlyEnough() {
        float[] values = TestDevice.random(random, 128, 1);
        values[77] = -9;
        PackedMatrix packed = PackedMatrix.pack(WeightType.INT4, 1, 128, values);
        assertEquals(9f / 8, packed.scales()[0]);
        assertEquals(-9, LinearReference.unpack(packed)[77]);
    }

    @Test
    void bf16RoundsToTheNearestAndTiesToEven() {
        assertEquals((short) 0x3f80, PackedMatrix.toBf16(1f));
        assertEquals((short) 0x3f80, PackedMatrix.toBf16(Float.intBitsToFloat(0x3f808000)));
        assertEquals((short) 0x3f82, PackedMatrix.toBf16(Float.intBitsToFloat(0x3f818000)));
        assertEquals((short) 0x3f81, PackedMatrix.toBf16(Float.intBitsToFloat(0x3f808001)));
        assertEquals((short) 0xbf81, PackedMatrix.toBf16(Float.intBitsToFloat(0xbf808001)));
    }

    @Test
    void paddingIsZero() {
        PackedMatrix packed = PackedMatrix.pack(WeightType.FP32, 2, 5, new float[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
        assertEquals(2 * 8 * 4, packed.data().remaining());
        for (int i : new int[] {5, 6, 7, 13, 14, 15}) {
            assertEquals(0, packed.data().getFloat(4 * i));
        }
        assertTrue(packed.data().isDirect());
    }
}
