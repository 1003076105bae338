package io.github.qwen3tts.internal.runtime.cuda;

/**
 * Codes to the two summed code vectors. See {@code rvq_lookup.cu}.
 *
 * @param codebooks address of {@code [groups, codebook, dim]} floats
 * @param groups    codes per frame
 * @param codebook  rows per codebook
 * @param dim       width of a code vector
 */
public record RvqLookup(long codebooks, int groups, int codebook, int dim) {

    /**
     * One use.
     *
     * @param codes address of {@code [rows, groups]} ints
     * @param out   receives {@code [rows, 2 * dim]}
     * @return the launch
     */
    public Launch launch(long codes, Rows out) {
        out.expect(out.rows(), 2 * dim, "output");
        return Launch.of("rvq_lookup", "rvq_lookup")
                .grid(out.rows(), 1, 1)
                .threads(256)
                .pointer(codebooks)
                .pointer(codes)
                .pointer(out.address())
                .integer(groups)
                .integer(codebook)
                .integer(dim);
    }
}
