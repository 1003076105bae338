package io.github.qwen3tts.internal.quantize;

/** Rounds rows of a matrix to blocks of integers. Stateless but for its scratch; for one thread. */
final class BlockQuantizer {

    /** Adding and taking it away rounds a float of moderate size to the nearest integer. */
    private static final float ROUNDER = 0x1.8p23f;

    private final BlockFormat format;
    private final int columns;
    private final int blockSize;
    private final float[] trial;
    private final float[] best;

    BlockQuantizer(BlockFormat format, int columns) {
        this.format = format;
        this.columns = columns;
        blockSize = format.blockSize(columns);
        trial = new float[blockSize];
        best = new float[blockSize];
    }

    /**
     * Rounds one row.
     *
     * @param row     {@code columns} weights
     * @param values  receives {@code blocks * blockBytes} bytes from {@code valueAt} on
     * @param scales  receives {@code blocks} scales from {@code scaleAt} on
     */
    void row(float[] row, byte[] values, int valueAt, float[] scales, int scaleAt) {
        int blocks = format.blocks(columns);
        int bytes = format.blockBytes(columns);
        for (int block = 0; block < blocks; block++) {
            int start = block * blockSize;
            int count = Math.min(blockSize, columns - start);
            if (format == BlockFormat.INT8) {
                scales[scaleAt + block] = eightBits(row, start, count, values, valueAt + block * bytes);
            } else {
                scales[scaleAt + block] = fourBits(row, start, count, values, valueAt + block * bytes);
            }
        }
    }

    /** The largest weight becomes 127: at 8 bits nothing finer pays. */
    private float eightBits(float[] row, int start, int count, byte[] values, int at) {
        float scale = Math.abs(row[indexOfLargest(row, start, count)]) / 127;
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int i = 0; i < blockSize; i++) {
            float q = i < count ? row[start + i] * inverse + ROUNDER - ROUNDER : 0;
            values[at + i] = (byte) ((int) q + 128);
        }
        return scale;
    }

    /**
     * Tries scales around the one that makes the largest weight -8, clipping it more or less; for each rounding the best
     * scale follows by least squares, and the rounding with the smallest error wins: {@code max (sum x q)^2 / sum q^2}.
     */
    private float fourBits(float[] row, int start, int count, byte[] values, int at) {
        float largest = row[indexOfLargest(row, start, count)];
        float scale = 0;
        float bestGain = -1;
        if (largest != 0) {
            for (int step = -8; step <= 8; step += 4) {
                float inverse = -(8 + 0.1f * step) / largest;
                float products = 0;
                float squares = 0;
                for (int i = 0; i < count; i++) {
                    float x = row[start + i];
                    float rounded = x * inverse + ROUNDER - ROUNDER;
                    float q = rounded < -8
                            ? -8
                            : rounded > 7 ? 7 : rounded; // Math.max is slow before it is compiled well
                    trial[i] = q;
                    products += x * q;
                    squares += q * q;
                }
                if (squares > 0 && products * products > bestGain * squares) {
                    bestGain = products * products / squares;
                    scale = products / squares;
                    System.arraycopy(trial, 0, best, 0, count);
                }
            }
        }
        for (int i = 0; i < blockSize; i += 2) {
            int low = scale != 0 && i < count ? (int) best[i] + 8 : 8;
            int high = scale != 0 && i + 1 < count ? (int) best[i + 1] + 8 : 8;
            values[at + i / 2] = (byte) (low | high << 4);
        }
        return scale;
    }

    private static int indexOfLargest(float[] row, int start, int count) {
        int at = start;
        float largest = 0;
        for (int i = start; i < start + count; i++) {
            float size = Math.abs(row[i]);
            if (size > largest) {
                largest = size;
                at = i;
            }
        }
        return at;
    }
}
