package io.github.qwen3tts.internal.runtime.cuda;

/**
 * Talker inputs from codes, text rows and speaker vectors. See {@code embed_sum.cu}.
 *
 * @param table      the tables of all groups, group 0 first
 * @param vocabulary rows of group 0
 * @param codebook   rows of each other group
 * @param groups     codes per frame
 */
public record EmbedSum(DeviceTable table, int vocabulary, int codebook, int groups) {

    private static final int THREADS = 256;

    /**
     * Where prompt rows come from; each index array has an int per row, negative for none.
     *
     * @param codes      address of {@code [rows, groups]} ints
     * @param text       address of {@code [any, width]} projected text rows
     * @param textRow    address of indices into them
     * @param vectors    address of {@code [any, width]} speaker vectors
     * @param vectorRow  address of indices into them
     */
    public record PromptRows(long codes, long text, long textRow, long vectors, long vectorRow) {}

    /**
     * What follows the prompt.
     *
     * @param rows     address of {@code [slots, capacity, width]} projected text rows, row k at {@code k % capacity}
     * @param capacity rows per slot
     * @param pad      address of the row for frames without text
     */
    public record Trailing(long rows, int capacity, long pad) {}

    /**
     * Prompt rows.
     *
     * @param prompt where they come from
     * @param out    receives {@code [rows, width]}
     * @return the launch
     */
    public Launch prompt(PromptRows prompt, Rows out) {
        out.expect(out.rows(), table.width(), "output");
        return Launch.of("embed_sum", "prompt_rows_" + table.type().suffix())
                .grid(out.rows(), 1, 1)
                .threads(THREADS)
                .pointer(table.address())
                .pointer(prompt.codes())
                .pointer(prompt.text())
                .pointer(prompt.textRow())
                .pointer(prompt.vectors())
                .pointer(prompt.vectorRow())
                .pointer(out.address())
                .integer(groups)
                .integer(vocabulary)
                .integer(codebook)
                .integer(table.width());
    }

    /**
     * The streams' inputs, slots and positions, gathered for a talker step.
     *
     * @param slots     address of {@code [rows]} ints, negative for rows not in use
     * @param nextInput address of {@code [slots, width]}
     * @param progress  positions of the slots
     * @param x         receives {@code [rows, width]}
     * @param rows      receives slots and positions
     * @return the launch
     */
    public static Launch frameBegin(long slots, long nextInput, SlotTable progress, Rows x, RowTable rows) {
        return Launch.of("embed_sum", "frame_begin")
                .grid(x.rows(), 1, 1)
                .threads(THREADS)
                .pointer(slots)
                .pointer(nextInput)
                .pointer(progress.progress())
                .pointer(x.address())
                .pointer(rows.slots())
                .pointer(rows.positions())
                .integer(x.width());
    }

    /**
     * The input that follows a complete frame; counts the frame and the position of streams that go on.
     *
     * @param codes     address of {@code [rows, groups]} ints
     * @param trailing  the text side
     * @param nextInput address of {@code [slots, width]}
     * @param slots     requests and progress
     * @param rows      the frame's rows
     * @param count     how many
     * @return the launch
     */
    public Launch frameEnd(long codes, Trailing trailing, long nextInput, SlotTable slots, RowTable rows, int count) {
        return Launch.of("embed_sum", "frame_end_" + table.type().suffix())
                .grid(count, 1, 1)
                .threads(THREADS)
                .pointer(table.address())
                .pointer(codes)
                .pointer(trailing.rows())
                .integer(trailing.capacity())
                .pointer(trailing.pad())
                .pointer(nextInput)
                .pointer(slots.requests())
                .pointer(slots.progress())
                .pointer(rows.slots())
                .integer(groups)
                .integer(vocabulary)
                .integer(codebook)
                .integer(table.width());
    }
}
