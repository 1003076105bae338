package io.github.qwen3tts.internal.runtime.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Brings matrices of floats into the form they have on the device. */
public final class MatrixPacking {

    private MatrixPacking() {}

    /**
     * Packs rows of a matrix.
     *
     * @param type   {@link WeightType#FP32} or {@link WeightType#BF16}; quantised matrices are made in package quantize
     * @param inputs weights per row
     * @param values {@code [rows * inputs]}
     * @return direct, little endian: each row padded with zeros to whole 16-byte loads
     */
    public static ByteBuffer pack(WeightType type, int inputs, float[] values) {
        int rows = values.length / inputs;
        int rowBytes = 16 * type.loads(inputs);
        ByteBuffer data =
                ByteBuffer.allocateDirect(Math.multiplyExact(rows, rowBytes)).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < inputs; i++) {
                float value = values[row * inputs + i];
                switch (type) {
                    case FP32 -> data.putFloat(row * rowBytes + Float.BYTES * i, value);
                    case BF16 -> data.putShort(row * rowBytes + Short.BYTES * i, toBf16(value));
                    default -> throw new IllegalArgumentException("not a type of floats: " + type);
                }
            }
        }
        return data;
    }

    /**
     * Rounds to the nearest bf16, the even one of two that are equally near.
     *
     * @param value finite
     * @return the upper half of an fp32
     */
    public static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) ((bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16);
    }
}
