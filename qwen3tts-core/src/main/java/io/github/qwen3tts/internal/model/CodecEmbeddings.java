package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.ModelConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The rows that stand for codes in the talker's input, one table per code group. Immutable. */
final class CodecEmbeddings {

    private final List<EmbeddingTable> tables; // [groups]; table 0 also holds control ids, languages and speakers
    private final int width;

    private CodecEmbeddings(List<EmbeddingTable> tables, int width) {
        this.tables = tables;
        this.width = width;
    }

    static CodecEmbeddings open(Checkpoint checkpoint) {
        ModelConfig c = checkpoint.config();
        int width = c.talker().transformer().hidden();
        List<EmbeddingTable> tables = new ArrayList<>();
        tables.add(EmbeddingTable.open(
                checkpoint.weights(),
                "talker.model.codec_embedding.weight",
                c.talker().vocab(),
                width));
        for (int i = 0; i < c.talker().codeGroups() - 1; i++) {
            tables.add(EmbeddingTable.open(
                    checkpoint.weights(),
                    "talker.code_predictor.model.codec_embedding." + i + ".weight",
                    c.codePredictor().vocab(),
                    width));
        }
        return new CodecEmbeddings(List.copyOf(tables), width);
    }

    int width() {
        return width;
    }

    /** The row of one code, into {@code out[0 .. width)}. */
    void copy(int group, int code, float[] out) {
        Arrays.fill(out, 0, width, 0);
        tables.get(group).add(code, out, 0);
    }

    /** Adds the row of one id of table 0. */
    void add(int id, float[] out, int at) {
        tables.get(0).add(id, out, at);
    }

    /** Adds the sum of the rows of a whole frame, {@code codes[from .. from + groups)}. */
    void addFrame(int[] codes, int from, float[] out, int at) {
        for (int group = 0; group < tables.size(); group++) {
            tables.get(group).add(codes[from + group], out, at);
        }
    }
}
