package io.github.qwen3tts.api;

/**
 * How text is cut into pieces before byte pairs are merged; merges never cross a piece. Both rules agree on ordinary
 * prose and differ on inner capitals, on apostrophes and on scripts with combining marks.
 */
public enum PretokenizerRule {

    /**
     * The rule of the Qwen2 tokenizer, and the one to use.
     *
     * <pre>{@code
     * (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
     * }</pre>
     */
    QWEN2,

    /**
     * The rule of Mistral's tokenizer. The official Python code switches to it by a version check when a released
     * checkpoint is loaded from a local directory; choose it to reproduce such a run.
     *
     * <pre>{@code
     * [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+
     * |[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*
     * |\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
     * }</pre>
     */
    MISTRAL
}
