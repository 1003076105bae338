package io.github.qwen3tts.internal.runtime.cuda;

import java.nio.ByteBuffer;
import java.util.Random;

/**
 * A random matrix as it lies on the device, and the numbers it stands for.
 *
 * @param data   rows of 16-byte loads
 * @param scales one per row and block
 * @param values {@code [outputs * inputs]}
 */
record StoredMatrix(WeightType type, int outputs, int inputs, ByteBuffer data, float[] scales, float[] values) {

    static StoredMatrix random(Random random, WeightType type, int outputs, int inputs) {
        float[] values = TestDevice.random(random, outputs * inputs, 0.3f);
        if (!type.isQuantized()) {
            if (type == WeightType.BF16) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.intBitsToFloat(MatrixPacking.toBf16(values[i]) << 16);
                }
            }
            ByteBuffer data = MatrixPacking.pack(type, inputs, values);
            return new StoredMatrix(type, outputs, inputs, data, new float[0], values);
        }
        int zero = type == WeightType.INT8 ? 128 : 8;
        int blockSize = inputs >= 128 ? 128 : 32;
        int blocks = (inputs + blockSize - 1) / blockSize;
        int rowBytes = blocks * blockSize / (type == WeightType.INT8 ? 1 : 2);
        ByteBuffer data = TestDevice.direct(outputs * rowBytes);
        float[] scales = TestDevice.random(random, outputs * blocks, 0.3f / zero);
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < blocks * blockSize; i++) {
                int stored = i < inputs ? random.nextInt(2 * zero) : zero;
                int at = o * rowBytes + (type == WeightType.INT8 ? i : i / 2);
                int shift = type == WeightType.INT8 ? 0 : i % 2 * 4;
                data.put(at, (byte) (data.get(at) | stored << shift));
                if (i < inputs) {
                    values[o * inputs + i] = (stored - zero) * scales[o * blocks + i / blockSize];
                }
            }
        }
        return new StoredMatrix(type, outputs, inputs, data, scales, values);
    }
}
