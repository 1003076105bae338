package io.github.qwen3tts.internal.runtime.cuda;

/**
 * An embedding table on the device, {@code [rows, width]}.
 *
 * @param address of the first row
 * @param type    how its numbers are stored
 * @param rows    how many
 * @param width   numbers per row
 */
public record DeviceTable(long address, TableType type, int rows, int width) {

    /**
     * A part of the table.
     *
     * @param from  the first row
     * @param count how many rows
     * @return a view
     */
    public DeviceTable slice(int from, int count) {
        if (from < 0 || from + count > rows) {
            throw new IllegalArgumentException(
                    "rows must lie inside: from=" + from + ", count=" + count + ", rows=" + rows);
        }
        return new DeviceTable(address + (long) from * width * type.bytes(), type, count, width);
    }
}
