package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.ModelConfig.TalkerConfig;
import io.github.qwen3tts.internal.model.graph.TextProjectionGraph;
import io.github.qwen3tts.internal.prompt.CodecSide;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.runtime.OrtModel;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import java.util.Arrays;
import java.util.List;

/** Turns a prompt of ids into the rows the talker reads: text side plus codec side, position by position. */
public final class PromptEmbedder implements AutoCloseable {

    private final EmbeddingTable text; // [textVocab, textHidden]
    private final OrtModel textProjection;
    private final CodecEmbeddings codes;
    private final TalkerConfig config;

    private PromptEmbedder(EmbeddingTable text, OrtModel textProjection, CodecEmbeddings codes, TalkerConfig config) {
        this.text = text;
        this.textProjection = textProjection;
        this.codes = codes;
        this.config = config;
    }

    static PromptEmbedder open(OrtRuntime runtime, Checkpoint checkpoint, CodecEmbeddings codes) {
        TalkerConfig c = checkpoint.config().talker();
        return new PromptEmbedder(
                EmbeddingTable.open(
                        checkpoint.weights(), "talker.model.text_embedding.weight", c.textVocab(), c.textHidden()),
                runtime.openPrepared(TextProjectionGraph.build(checkpoint), OrtRuntime.Size.LARGE),
                codes,
                c);
    }

    /**
     * Looks all rows up.
     *
     * @param prompt ids, and the vector and codes of its voice
     * @return the rows
     */
    public EmbeddedPrompt embed(Prompt prompt) {
        List<Prompt.Row> positions = prompt.rows();
        int[] trailing = prompt.trailing();
        int[] ids = Arrays.copyOf(
                positions.stream().mapToInt(Prompt.Row::text).toArray(), positions.size() + trailing.length + 1);
        System.arraycopy(trailing, 0, ids, positions.size(), trailing.length);
        ids[ids.length - 1] = prompt.pad();

        float[] all = textRows(ids); // the text side of every position, then the trailing rows, then the pad
        int width = codes.width();
        float[] rows = Arrays.copyOf(all, positions.size() * width);
        for (int i = 0; i < positions.size(); i++) {
            addCodecSide(positions.get(i).codec(), prompt, rows, i * width);
        }
        return new EmbeddedPrompt(
                rows,
                prompt.prefix(),
                Arrays.copyOfRange(all, rows.length, rows.length + trailing.length * width),
                Arrays.copyOfRange(all, all.length - width, all.length));
    }

    private void addCodecSide(CodecSide side, Prompt prompt, float[] rows, int at) {
        if (side instanceof CodecSide.Token token) {
            codes.add(token.id(), rows, at);
        } else if (side instanceof CodecSide.ReferenceFrame reference) {
            codes.addFrame(prompt.referenceCodes(), reference.frame() * config.codeGroups(), rows, at);
        } else if (side instanceof CodecSide.Speaker) {
            for (int i = 0; i < codes.width(); i++) {
                rows[at + i] += prompt.speakerVector()[i];
            }
        }
    }

    /** Rows of text ids: {@code [ids * hidden]}. */
    private float[] textRows(int[] ids) {
        int width = config.textHidden();
        float[] embeddings = new float[ids.length * width];
        for (int i = 0; i < ids.length; i++) {
            text.add(ids[i], embeddings, i * width);
        }
        long[] shape = {ids.length, width};
        return textProjection.run("embeddings", embeddings, shape, "rows", ids.length, codes.width());
    }

    @Override
    public void close() {
        textProjection.close();
    }
}
