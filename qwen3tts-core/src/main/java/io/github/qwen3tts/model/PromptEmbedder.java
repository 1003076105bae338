package io.github.qwen3tts.model;

import io.github.qwen3tts.checkpoint.Checkpoint;
import io.github.qwen3tts.model.graph.TextEmbeddingGraph;
import io.github.qwen3tts.runtime.OrtModel;
import io.github.qwen3tts.runtime.OrtRuntime;
import io.github.qwen3tts.runtime.Scope;
import io.github.qwen3tts.runtime.Tensor;
import java.nio.LongBuffer;

/** Turns a prompt of ids into the rows the talker reads: text side plus codec side, position by position. */
public final class PromptEmbedder implements AutoCloseable {

    private final OrtModel textEmbedding;
    private final CodecEmbeddings codes;

    private PromptEmbedder(OrtModel textEmbedding, CodecEmbeddings codes) {
        this.textEmbedding = textEmbedding;
        this.codes = codes;
    }

    static PromptEmbedder open(OrtRuntime runtime, Checkpoint checkpoint, CodecEmbeddings codes) {
        return new PromptEmbedder(runtime.open(TextEmbeddingGraph.build(checkpoint), OrtRuntime.Size.LARGE), codes);
    }

    EmbeddedPrompt embed(TalkerPrompt prompt) {
        throw new UnsupportedOperationException();
    }

    /** Rows of text ids: {@code [ids * hidden]}. */
    private float[] textRows(int[] ids) {
        float[] rows = new float[ids.length * codes.width()];
        try (Scope owned = new Scope()) {
            Tensor in = owned.own(Tensor.longs(ids.length));
            Tensor out = owned.own(Tensor.floats(ids.length, codes.width()));
            LongBuffer buffer = in.longs();
            for (int id : ids) {
                buffer.put(id);
            }
            textEmbedding.run(new OrtModel.Bindings().input("ids", in).output("rows", out));
            out.floats().get(rows);
        }
        return rows;
    }

    @Override
    public void close() {
        textEmbedding.close();
    }
}
