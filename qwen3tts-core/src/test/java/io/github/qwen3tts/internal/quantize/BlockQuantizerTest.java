package io.github.qwen3tts.internal.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.Soak;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockQuantizerTest {

    private static final long SEED = Soak.seed(20260417);

    /** A rounded row, taken apart by plain loops. */
    private record Rounded(BlockFormat format, int columns, byte[] values, float[] scales) {

        static Rounded of(BlockFormat format, float[] row) {
            int blocks = format.blocks(row.length);
            byte[] values = new byte[blocks * format.blockBytes(row.length)];
            float[] scales = new float[blocks];
            new BlockQuantizer(format, row.length).row(row, values, 0, scales, 0);
            return new Rounded(format, row.length, values, scales);
        }

        /** The integer of a column, padding included, as it stands in the file. */
        int stored(int column) {
            if (format == BlockFormat.INT8) {
                return Byte.toUnsignedInt(values[column]);
            }
            int pair = Byte.toUnsignedInt(values[column / 2]);
            return column % 2 == 0 ? pair & 15 : pair >> 4;
        }

        float scale(int column) {
            return scales[column / format.blockSize(columns)];
        }

        double weight(int column) {
            int zero = format == BlockFormat.INT8 ? 128 : 8;
            return (double) scale(column) * (stored(column) - zero);
        }

        /** Sum of squared errors of a block. */
        double error(float[] row, int from, int to) {
            double sum = 0;
            for (int i = from; i < to; i++) {
                sum += square(row[i] - weight(i));
            }
            return sum;
        }
    }

    private static double square(double x) {
        return x * x;
    }

    private static float[] normal(int columns, double deviation, Random random) {
        float[] row = new float[columns];
        for (int i = 0; i < columns; i++) {
            row[i] = (float) (deviation * random.nextGaussian());
        }
        return row;
    }

    private static float largest(float[] row, int from, int to) {
        float largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(row[i]));
        }
        return largest;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 32, 45, 127, 128, 200, 1024})
    void eightBitsMissNoWeightByMoreThanHalfAStep(int columns) {
        Random random = new Random(SEED);
        for (int i = 0; i < Soak.cases(50); i++) {
            float[] row = normal(columns, Math.exp(4 * random.nextGaussian()), random);
            Rounded rounded = Rounded.of(BlockFormat.INT8, row);
            int block = BlockFormat.INT8.blockSize(columns);
            for (int column = 0; column < columns; column++) {
                int from = column / block * block;
                float step = largest(row, from, Math.min(columns, from + block)) / 127;
                assertEquals(step, rounded.scale(column), step * 1e-6);
                assertEquals(row[column], rounded.weight(column), step * 0.50001, "column " + column);
            }
        }
    }

    /** Every scaling that is tried, in doubles: round, clip, and take the scale with the least squares. */
    @ParameterizedTest
    @ValueSource(ints = {1, 31, 32, 45, 127, 128, 200, 1024})
    void fourBitsTakeTheBestOfTheScalingsTried(int columns) {
        Random random = new Random(SEED);
        int block = BlockFormat.INT4.blockSize(columns);
        for (int i = 0; i < Soak.cases(50); i++) {
            float[] row = normal(columns, Math.exp(4 * random.nextGaussian()), random);
            Rounded rounded = Rounded.of(BlockFormat.INT4, row);
            for (int from = 0; from < columns; from += block) {
                int to = Math.min(columns, from + block);
                double best = Double.POSITIVE_INFINITY;
                for (double reach : new double[] {7.2, 7.6, 8, 8.4, 8.8}) {
                    best = Math.min(best, leastSquares(row, from, to, reach));
                }
                double squares = square(largest(row, from, to));
                assertEquals(best, rounded.error(row, from, to), 1e-5 * squares, "block at " + from);
            }
        }
    }

    /** The squared error when the largest weight becomes minus {@code reach} before it is rounded and clipped. */
    private static double leastSquares(float[] row, int from, int to, double reach) {
        double products = 0;
        double squares = 0;
        double weights = 0;
        for (int i = from; i < to; i++) {
            double q = fourBits(row, from, to, i, reach);
            products += row[i] * q;
            squares += q * q;
            weights += square(row[i]);
        }
        return weights - products * products / squares;
    }

    private static double fourBits(float[] row, int from, int to, int column, double reach) {
        float largest = 0;
        for (int i = from; i < to; i++) {
            if (Math.abs(row[i]) > Math.abs(largest)) {
                largest = row[i];
            }
        }
        return Math.max(-8, Math.min(7, Math.rint(-reach * row[column] / largest)));
    }

    @Test
    void fourBitsAreNeverWorseThanScalingByTheLargestWeight() {
        Random random = new Random(SEED);
        double all = 0;
        double allPlain = 0;
        double allSymmetric = 0;
        for (int i = 0; i < Soak.cases(500); i++) {
            float[] row = normal(128, 1, random);
            double plain = 0;
            double symmetric = 0;
            float largest = largest(row, 0, 128);
            float signed = row[0];
            for (float weight : row) {
                signed = Math.abs(weight) > Math.abs(signed) ? weight : signed;
            }
            for (int column = 0; column < 128; column++) {
                plain += square(row[column] + signed / 8 * fourBits(row, 0, 128, column, 8));
                symmetric += square(row[column] - largest / 7 * Math.rint(row[column] * 7 / largest));
            }
            double error = Rounded.of(BlockFormat.INT4, row).error(row, 0, 128);
            assertTrue(error <= plain * (1 + 1e-6), "row " + i + ": " + error + " > " + plain);
            all += error;
            allPlain += plain;
            allSymmetric += symmetric;
        }
        assertTrue(all < 0.95 * allPlain, all + " is hardly better than " + allPlain);
        assertTrue(all < 0.95 * allSymmetric, all + " is hardly better than " + allSymmetric);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsBehindTheLastColumnIsZero(BlockFormat format) {
        for (int columns : new int[] {1, 13, 45, 129, 200}) {
            Rounded rounded = Rounded.of(format, normal(columns, 1, new Random(SEED)));
            int zero = format == BlockFormat.INT8 ? 128 : 8;
            int padded = format.blocks(columns) * format.blockSize(columns);
            assertEquals(padded * format.bits() / 8, rounded.values().length);
            for (int column = columns; column < padded; column++) {
                assertEquals(zero, rounded.stored(column), "columns=" + columns + ", column=" + column);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void rowsOfZerosStayZeros(BlockFormat format) {
        float[] row = new float[160];
        row[140] = 3; // the second block is another matter
        Rounded rounded = Rounded.of(format, row);
        assertEquals(0, rounded.scales()[0]);
        for (int column = 0; column < 160; column++) {
            assertEquals(row[column], rounded.weight(column), 1e-6, "column " + column);
        }
    }

    @ParameterizedTest
    @EnumSource
    void weightsTooSmallForTheirInverseBecomeNextToNothing(BlockFormat format) {
        float[] row = new float[64];
        row[3] = Float.MIN_VALUE;
        row[4] = -1e-41f;
        Rounded rounded = Rounded.of(format, row);
        for (int column = 0; column < 64; column++) {
            assertEquals(0, rounded.weight(column), 1e-38, "column " + column);
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneQuantizerTakesRowAfterRowToAnyPlace(BlockFormat format) {
        Random random = new Random(SEED);
        float[] first = normal(200, 1, random);
        float[] second = normal(200, 10, random);
        byte[] values = new byte[3 + 2 * format.blocks(200) * format.blockBytes(200)];
        float[] scales = new float[1 + 2 * format.blocks(200)];
        BlockQuantizer quantizer = new BlockQuantizer(format, 200);
        int rowBytes = (values.length - 3) / 2;
        quantizer.row(first, values, 3, scales, 1);
        quantizer.row(second, values, 3 + rowBytes, scales, 1 + format.blocks(200));
        byte[] expected = new byte[rowBytes];
        System.arraycopy(values, 3 + rowBytes, expected, 0, rowBytes);
        assertArrayEquals(Rounded.of(format, second).values(), expected);
        System.arraycopy(values, 3, expected, 0, rowBytes);
        assertArrayEquals(Rounded.of(format, first).values(), expected);
        assertEquals(0, scales[0]);
    }
}
