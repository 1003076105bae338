package io.github.qwen3tts.runtime.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A weight matrix as it lies on the device, still on the host. int8: per row, scale = largest magnitude / 127. int4: per
 * 128 inputs, scale = the value of largest magnitude / -8, nibbles are value + 8, the earlier input in the low one.
 *
 * @param type    how the weights are stored
 * @param outputs rows
 * @param inputs  weights per row
 * @param data    direct, {@code outputs * loads * 16} bytes from position 0 to the limit
 * @param scales  {@code [outputs * scales per row]}, empty where the type needs none
 */
public record PackedMatrix(WeightType type, int outputs, int inputs, ByteBuffer data, float[] scales) {

    /** The most bytes of a matrix: one Java buffer. */
    private static final long MAX_BYTES = Integer.MAX_VALUE;

    /**
     * Packs a matrix.
     *
     * @param type    how to store it
     * @param outputs rows
     * @param inputs  weights per row
     * @param values  {@code [outputs * inputs]}, finite
     * @return the packed matrix
     */
    public static PackedMatrix pack(WeightType type, int outputs, int inputs, float[] values) {
        long bytes = DeviceMatrix.bytes(type, outputs, inputs);
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("matrix is too large: outputs=" + outputs + ", inputs=" + inputs);
        }
        ByteBuffer data = ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        float[] scales = new float[outputs * type.scales(inputs)];
        int rowBytes = 16 * type.loads(inputs);
        for (int output = 0; output < outputs; output++) {
            int from = output * inputs;
            int to = output * rowBytes;
            switch (type) {
                case FP32 -> {
                    for (int i = 0; i < inputs; i++) {
                        data.putFloat(to + Float.BYTES * i, values[from + i]);
                    }
                }
                case BF16 -> {
                    for (int i = 0; i < inputs; i++) {
                        data.putShort(to + Short.BYTES * i, toBf16(values[from + i]));
                    }
                }
                case INT8 -> scales[output] = packBytes(values, from, inputs, data, to);
                case INT4 -> {
                    for (int i = 0; i < inputs; i += 128) {
                        scales[output * type.scales(inputs) + i / 128] =
                                packNibbles(values, from + i, Math.min(128, inputs - i), data, to + i / 2);
                    }
                }
                default -> throw new IllegalStateException("no packing for " + type);
            }
        }
        return new PackedMatrix(type, outputs, inputs, data, scales);
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

    private static float packBytes(float[] values, int from, int count, ByteBuffer data, int to) {
        float scale = Math.abs(extreme(values, from, count)) / 127;
        for (int i = 0; i < count && scale > 0; i++) {
            data.put(to + i, (byte) Math.max(-127, Math.min(127, Math.round(values[from + i] / scale))));
        }
        return scale;
    }

    private static float packNibbles(float[] values, int from, int count, ByteBuffer data, int to) {
        float extreme = extreme(values, from, count);
        float scale = extreme == 0 ? 0 : extreme / -8;
        for (int i = 0; i < count; i++) {
            int value = scale == 0 ? 0 : Math.max(-8, Math.min(7, Math.round(values[from + i] / scale)));
            int at = to + i / 2;
            data.put(at, (byte) (data.get(at) | value + 8 << i % 2 * 4));
        }
        return scale;
    }

    /** The value of largest magnitude, with its sign. */
    private static float extreme(float[] values, int from, int count) {
        float extreme = 0;
        for (int i = from; i < from + count; i++) {
            extreme = Math.abs(values[i]) > Math.abs(extreme) ? values[i] : extreme;
        }
        return extreme;
    }
}
