package io.github.qwen3tts.internal.runtime.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * Text ids to talker width: embedding, layer, silu, layer. See {@code text_projection.cu}.
 *
 * @param table  the text embedding
 * @param first  with silu
 * @param second to the talker's width
 */
public record TextProjection(DeviceTable table, RmsNormLinear first, RmsNormLinear second) {

    /**
     * Projects rows.
     *
     * @param ids    address of {@code [rows]} ints
     * @param rows   scratch for {@code [rows, text width]}
     * @param hidden scratch for {@code [rows, hidden width]}
     * @param out    receives {@code [rows, talker width]}
     * @param linear how the layers are launched
     * @return the launches, in order
     */
    public List<Launch> launch(long ids, Rows rows, Rows hidden, Rows out, LinearLaunches linear) {
        rows.expect(out.rows(), table.width(), "text rows");
        Launch gather = Launch.of("text_projection", "text_rows_" + table.type().suffix())
                .grid(rows.rows(), 1, 1)
                .threads(256)
                .pointer(table.address())
                .pointer(ids)
                .pointer(rows.address())
                .integer(table.width());
        List<Launch> launches = new ArrayList<>(List.of(gather));
        launches.addAll(linear.of(first, rows, hidden));
        launches.addAll(linear.of(second, hidden, out));
        return launches;
    }
}
