package io.github.qwen3tts.internal.runtime.cuda;

/**
 * Draws codes from logits by each slot's request, and looks up their embeddings. See {@code head_sample.cu}.
 *
 * @param codes  address of {@code [rows, groups]} ints
 * @param groups codes per frame
 * @param slots  requests and progress
 * @param table  slots of the rows; positions are not read
 */
public record HeadSample(long codes, int groups, SlotTable slots, RowTable table) {

    private static final int THREADS = 256;
    private static final int WARPS = THREADS / 32;

    /**
     * What the talker may draw.
     *
     * @param seen         address of {@code [slots, vocabulary]} bytes, 1 for codes drawn before
     * @param eos          the code that ends speech
     * @param firstControl the first code that is no sound; none of them but the end code can be drawn
     */
    public record FirstGroupRules(long seen, int eos, int firstControl) {}

    /**
     * The draw of group 0, which also decides whether the stream goes on.
     *
     * @param logits   {@code [rows, vocabulary]}
     * @param rules    what may be drawn
     * @param codec    rows by code
     * @param embedded receives {@code [rows, width]}
     * @return the launch
     */
    public Launch first(Rows logits, FirstGroupRules rules, DeviceTable codec, Rows embedded) {
        embedded.expect(logits.rows(), codec.width(), "embedding");
        return launch("head_sample_first_", logits, codec)
                .pointer(logits.address())
                .pointer(rules.seen())
                .pointer(codes)
                .pointer(slots.requests())
                .pointer(slots.progress())
                .pointer(table.slots())
                .pointer(codec.address())
                .pointer(embedded.address())
                .integer(logits.width())
                .integer(keys(logits.width()))
                .integer(groups)
                .integer(rules.eos())
                .integer(rules.firstControl())
                .integer(codec.width());
    }

    /**
     * The draw of a later group.
     *
     * @param logits {@code [rows, codes of the group]}
     * @param group  {@code >= 1}
     * @param codec  the group's rows by code
     * @param to     address that receives {@code [rows, width]}, 0 for nowhere
     * @return the launch
     */
    public Launch next(Rows logits, int group, DeviceTable codec, long to) {
        return launch("head_sample_next_", logits, codec)
                .pointer(logits.address())
                .pointer(codes)
                .pointer(slots.requests())
                .pointer(slots.progress())
                .pointer(table.slots())
                .pointer(codec.address())
                .pointer(to)
                .integer(logits.width())
                .integer(keys(logits.width()))
                .integer(groups)
                .integer(group)
                .integer(codec.width());
    }

    private static Launch launch(String kernel, Rows logits, DeviceTable codec) {
        int vocabulary = logits.width();
        int bytes = keys(vocabulary) * Long.BYTES
                + WARPS * Double.BYTES
                + vocabulary * Float.BYTES
                + (256 + 2 * WARPS + 2) * Integer.BYTES;
        return Launch.of("head_sample", kernel + codec.type().suffix())
                .grid(logits.rows(), 1, 1)
                .threads(THREADS)
                .sharedBytes(bytes);
    }

    /** Places a sort of all codes needs: the next power of two. */
    private static int keys(int vocabulary) {
        return vocabulary <= 1 ? 1 : Integer.highestOneBit(vocabulary - 1) * 2;
    }
}
