package io.github.qwen3tts.internal.runtime.cuda;

import io.github.qwen3tts.internal.Check;

/**
 * A matrix of fp32 activations on the device, row after row without gaps.
 *
 * @param address of the first element
 * @param rows    {@code > 0}
 * @param width   elements per row, {@code > 0}
 */
public record Rows(long address, int rows, int width) {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if one is not positive
     */
    public Rows {
        if (rows <= 0 || width <= 0) {
            throw new IllegalArgumentException(Check.message("sizes must be > 0", "rows", rows, "width", width));
        }
    }

    /**
     * Some of the rows.
     *
     * @param from  the first
     * @param count how many
     * @return a view
     */
    public Rows slice(int from, int count) {
        if (from < 0 || from + count > rows) {
            throw new IllegalArgumentException(
                    Check.message("rows must lie inside", "from", from, "count", count, "rows", rows));
        }
        return new Rows(address + (long) from * width * Float.BYTES, count, width);
    }

    /**
     * The same elements in rows of another width.
     *
     * @param newWidth divides or is a multiple of the width so that no element is left over
     * @return a view
     */
    public Rows reshape(int newWidth) {
        if ((long) rows * width % newWidth != 0) {
            throw new IllegalArgumentException(
                    Check.message("elements must fill whole rows", "rows", rows, "width", width, "newWidth", newWidth));
        }
        return new Rows(address, (int) ((long) rows * width / newWidth), newWidth);
    }

    void expect(int expectedRows, int expectedWidth, String what) {
        if (rows != expectedRows || width != expectedWidth) {
            throw new IllegalArgumentException(Check.message(
                    what + " has another shape",
                    "rows",
                    rows,
                    "width",
                    width,
                    "expectedRows",
                    expectedRows,
                    "expectedWidth",
                    expectedWidth));
        }
    }
}
