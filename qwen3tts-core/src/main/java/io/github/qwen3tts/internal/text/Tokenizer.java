package io.github.qwen3tts.internal.text;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.PretokenizerRule;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;

/**
 * The byte-pair tokenizer of a checkpoint: text to token ids as the official tokenizer does it. Text is cut at the
 * literals of added tokens, each part is brought to Unicode NFC and cut into pieces by a {@link PretokenizerRule}, and
 * the UTF-8 bytes of a piece are merged by the ranks of {@code merges.txt}. Every text has ids: there is no unknown
 * token. Surrogates without their other half are read as U+FFFD.
 *
 * <p>Immutable; any number of threads may share one. Time is linear in the text but for a factor log n in very long
 * words.
 */
public final class Tokenizer {

    private final PretokenizerRule rule;
    private final int[] byteIds;
    private final MergeTable merges;
    private final AddedTokens added;
    private final int idLimit;

    private Tokenizer(PretokenizerRule rule, int[] byteIds, MergeTable merges, AddedTokens added, int idLimit) {
        this.rule = rule;
        this.byteIds = byteIds;
        this.merges = merges;
        this.added = added;
        this.idLimit = idLimit;
    }

    /**
     * Reads {@code vocab.json}, {@code merges.txt} and {@code tokenizer_config.json}.
     *
     * @param directory where the files are
     * @param rule      how text is cut into pieces
     * @return the tokenizer
     * @throws ModelLoadException if a file is missing or damaged
     */
    public static Tokenizer load(Path directory, PretokenizerRule rule) {
        Objects.requireNonNull(rule, "rule");
        TokenizerFiles files = new TokenizerFiles(directory);
        Map<String, Integer> vocabulary = files.readVocabulary();
        int[] byteIds = files.byteIds(vocabulary);
        MergeTable merges = files.readMerges(vocabulary);
        AddedTokens added = files.readAddedTokens(vocabulary);
        int idLimit = Math.max(Collections.max(vocabulary.values()) + 1, added.idLimit());
        return new Tokenizer(rule, byteIds, merges, added, idLimit);
    }

    /**
     * The ids of a text in which literals of added tokens, such as {@code <|im_end|>}, are these tokens.
     *
     * @param text the text, which the caller must trust
     * @return the ids, none for an empty text
     * @throws InvalidRequestException if the text has hundreds of combining marks in a row
     */
    public int[] encode(String text) {
        return new Encoding().obey(text).ids();
    }

    /**
     * The ids of a text inside a template. Literals of added tokens are these tokens in the template and plain
     * characters in the text. Apart from that the result is that of the joined string: what stands on both sides of a
     * border may become one token.
     *
     * @param before the template before the text
     * @param text   what a user wrote
     * @param after  the template behind the text
     * @return the ids of all three
     * @throws InvalidRequestException if the text has hundreds of combining marks in a row
     */
    public int[] encode(String before, String text, String after) {
        return new Encoding().obey(before).plain(text).obey(after).ids();
    }

    /**
     * The id of an added token.
     *
     * @param literal the token as it is written in text, such as {@code <|im_end|>}
     * @return its id
     * @throws ModelLoadException if the checkpoint has no such token
     */
    public int id(String literal) {
        Integer id = added.id(literal);
        if (id == null) {
            throw new ModelLoadException("checkpoint has no such added token: token=" + literal);
        }
        return id;
    }

    /**
     * The range of the ids.
     *
     * @return one more than the largest id, the number of rows a text embedding must have
     */
    public int idLimit() {
        return idLimit;
    }

    /** One text on its way to ids. */
    private final class Encoding {

        private final BytePairEncoder encoder = new BytePairEncoder(byteIds, merges);
        private final StringBuilder plain = new StringBuilder(); // since the last added token

        Encoding plain(String text) {
            plain.append(text);
            return this;
        }

        Encoding obey(String text) {
            int from = 0;
            for (AddedTokens.Match match = added.find(text, 0); match != null; match = added.find(text, from)) {
                plain.append(text, from, match.from());
                encodePlain();
                encoder.append(match.id());
                from = match.to();
            }
            plain.append(text, from, text.length());
            return this;
        }

        int[] ids() {
            encodePlain();
            return encoder.ids();
        }

        private void encodePlain() {
            int[] text = Normalization.toNfc(plain);
            Pretokenizer pretokenizer = new Pretokenizer(rule, text);
            for (int from = 0; from < text.length; ) {
                int end = pretokenizer.pieceEnd(from);
                encoder.appendPiece(text, from, end);
                from = end;
            }
            plain.setLength(0);
        }
    }
}
