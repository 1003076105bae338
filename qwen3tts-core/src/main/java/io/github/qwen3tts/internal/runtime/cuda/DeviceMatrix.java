package io.github.qwen3tts.internal.runtime.cuda;

/**
 * A weight matrix on the device, {@code [outputs][loads of 16 bytes]}, rows padded with zeros.
 *
 * @param address of the first row, a multiple of 16
 * @param scales  address of {@code [outputs][blocks]} floats, 0 where the type needs none
 * @param type    how the weights are stored
 * @param outputs rows
 * @param inputs  weights per row, padding not counted
 */
public record DeviceMatrix(long address, long scales, WeightType type, int outputs, int inputs) {

    /**
     * 16-byte loads per row.
     *
     * @return loads, padding included
     */
    public int loads() {
        return type.loads(inputs);
    }

    /**
     * Bytes a matrix takes without its scales.
     *
     * @param type    how the weights are stored
     * @param outputs rows
     * @param inputs  weights per row
     * @return bytes
     */
    public static long bytes(WeightType type, int outputs, int inputs) {
        return 16L * type.loads(inputs) * outputs;
    }
}
