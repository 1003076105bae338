package io.github.qwen3tts.api;

import io.github.qwen3tts.internal.Check;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Says how each part of the model is stored. Immutable.
 *
 * @since 0.1.0
 */
public final class Precision {

    /** What suits the device and the memory; see {@link WeightFormat#AUTO}. */
    public static final Precision AUTO =
            new Precision(WeightFormat.AUTO, WeightFormat.AUTO, WeightFormat.AUTO, WeightFormat.FP32);

    /** 32-bit floats throughout: what the official code computes. */
    public static final Precision FP32 =
            new Precision(WeightFormat.FP32, WeightFormat.FP32, WeightFormat.FP32, WeightFormat.FP32);

    /** As published. */
    public static final Precision BF16 =
            new Precision(WeightFormat.BF16, WeightFormat.BF16, WeightFormat.BF16, WeightFormat.FP32);

    /** 8 bits in both transformers. */
    public static final Precision INT8 =
            new Precision(WeightFormat.INT8, WeightFormat.INT8, WeightFormat.INT8, WeightFormat.FP32);

    /** 4 bits in both transformers, 8 bits where codes are scored. */
    public static final Precision INT4 =
            new Precision(WeightFormat.INT4, WeightFormat.INT4, WeightFormat.INT8, WeightFormat.FP32);

    private static final String INT8_CODEC = "+int8codec";
    private static final List<String> NAMES = List.of("auto", "fp32", "bf16", "int8", "int4");

    private final WeightFormat talker;
    private final WeightFormat codePredictor;
    private final WeightFormat heads;
    private final WeightFormat codec;

    private Precision(WeightFormat talker, WeightFormat codePredictor, WeightFormat heads, WeightFormat codec) {
        Check.argument(
                heads != WeightFormat.INT4,
                "heads must keep at least 8 bits: fewer turn scores into noise",
                "heads",
                heads);
        Check.argument(
                codec == WeightFormat.FP32 || codec == WeightFormat.INT8,
                "the codec decoder must be fp32 or int8: fewer bits are noise, and 16-bit floats are no faster",
                "codec",
                codec);
        this.talker = Objects.requireNonNull(talker, "talker");
        this.codePredictor = Objects.requireNonNull(codePredictor, "codePredictor");
        this.heads = heads;
        this.codec = codec;
    }

    /**
     * A preset by name.
     *
     * @param name auto, fp32, bf16, int8 or int4, in any case; {@code +int8codec} behind it rounds the codec decoder too
     * @return the preset
     * @throws InvalidRequestException if there is none of this name
     */
    public static Precision named(String name) {
        String lower = name.strip().toLowerCase(Locale.ROOT);
        if (lower.endsWith(INT8_CODEC)) {
            return named(lower.substring(0, lower.length() - INT8_CODEC.length()))
                    .withCodec(WeightFormat.INT8);
        }
        return switch (lower) {
            case "auto" -> AUTO;
            case "fp32" -> FP32;
            case "bf16" -> BF16;
            case "int8" -> INT8;
            case "int4" -> INT4;
            default ->
                throw new InvalidRequestException(
                        Check.message("unknown precision", "precision", name, "known", NAMES));
        };
    }

    /**
     * Returns the format of the talker, the large transformer.
     *
     * @return the format
     */
    public WeightFormat talker() {
        return talker;
    }

    /**
     * Returns the format of the code predictor, the small transformer.
     *
     * @return the format
     */
    public WeightFormat codePredictor() {
        return codePredictor;
    }

    /**
     * Returns the format of what scores codes, in both transformers.
     *
     * @return at least 8 bits
     */
    public WeightFormat heads() {
        return heads;
    }

    /**
     * Returns the format of the codec decoder's matrices.
     *
     * @return {@link WeightFormat#FP32}, or {@link WeightFormat#INT8}, which adds noise that can be heard and makes audio
     *     depend a little on how it is cut into chunks
     */
    public WeightFormat codec() {
        return codec;
    }

    /**
     * Sets the format of the talker.
     *
     * @param talker the format
     * @return the changed copy
     */
    public Precision withTalker(WeightFormat talker) {
        return new Precision(talker, codePredictor, heads, codec);
    }

    /**
     * Sets the format of the code predictor.
     *
     * @param codePredictor the format
     * @return the changed copy
     */
    public Precision withCodePredictor(WeightFormat codePredictor) {
        return new Precision(talker, codePredictor, heads, codec);
    }

    /**
     * Sets the format of the heads.
     *
     * @param heads the format
     * @return the changed copy
     */
    public Precision withHeads(WeightFormat heads) {
        return new Precision(talker, codePredictor, heads, codec);
    }

    /**
     * Sets the format of the codec decoder's convolutions.
     *
     * @param codec {@link WeightFormat#FP32} or {@link WeightFormat#INT8}
     * @return the changed copy
     */
    public Precision withCodec(WeightFormat codec) {
        return new Precision(talker, codePredictor, heads, codec);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Precision that
                && talker == that.talker
                && codePredictor == that.codePredictor
                && heads == that.heads
                && codec == that.codec;
    }

    @Override
    public int hashCode() {
        return Objects.hash(talker, codePredictor, heads, codec);
    }

    /** Returns the name, as {@link #named} takes it, or the format of each part if there is no such name. */
    @Override
    public String toString() {
        for (String name : NAMES) {
            Precision preset = named(name);
            if (equals(preset.withCodec(codec))) {
                return codec == WeightFormat.INT8 ? name + INT8_CODEC : name;
            }
        }
        return String.format("talker %s, code predictor %s, heads %s, codec %s", talker, codePredictor, heads, codec)
                .toLowerCase(Locale.ROOT);
    }
}
