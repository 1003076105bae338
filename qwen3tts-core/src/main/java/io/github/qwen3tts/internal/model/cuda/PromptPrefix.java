package io.github.qwen3tts.internal.model.cuda;

import io.github.qwen3tts.internal.prompt.CodecSide;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.prompt.Prompt.Row;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The first rows of a prompt with everything they are made of. Equal if the talker reads the same, bit for bit. */
final class PromptPrefix {

    private static final float[] NO_VECTOR = {};

    private final List<Row> rows;
    private final float[] speakerVector; // [hidden], empty if no row has it
    private final int[] codes; // [reference frames of the rows, codeGroups]

    private PromptPrefix(List<Row> rows, float[] speakerVector, int[] codes) {
        this.rows = rows;
        this.speakerVector = speakerVector;
        this.codes = codes;
    }

    /** The first {@code rows} rows, copied. */
    static PromptPrefix of(Prompt prompt, int rows, int codeGroups) {
        List<Row> first = List.copyOf(prompt.rows().subList(0, rows));
        boolean speaks = first.stream().anyMatch(row -> row.codec() instanceof CodecSide.Speaker);
        int[] codes = first.stream()
                .map(Row::codec)
                .filter(CodecSide.ReferenceFrame.class::isInstance)
                .mapToInt(side -> ((CodecSide.ReferenceFrame) side).frame() * codeGroups)
                .flatMap(from -> IntStream.range(from, from + codeGroups).map(i -> prompt.referenceCodes()[i]))
                .toArray();
        return new PromptPrefix(first, speaks ? prompt.speakerVector().clone() : NO_VECTOR, codes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PromptPrefix that
                && rows.equals(that.rows)
                && Arrays.equals(speakerVector, that.speakerVector)
                && Arrays.equals(codes, that.codes);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * rows.hashCode() + Arrays.hashCode(speakerVector)) + Arrays.hashCode(codes);
    }
}
