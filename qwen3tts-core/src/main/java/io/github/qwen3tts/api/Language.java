package io.github.qwen3tts.api;

import io.github.qwen3tts.internal.Check;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names the language of a text. A checkpoint may know others than the constants. Immutable.
 *
 * @since 0.1.0
 */
public final class Language {

    /** The model detects the language. */
    public static final Language AUTO = new Language("auto");

    /** English. */
    public static final Language ENGLISH = new Language("english");

    /** German. */
    public static final Language GERMAN = new Language("german");

    /** Spanish. */
    public static final Language SPANISH = new Language("spanish");

    /** Chinese. */
    public static final Language CHINESE = new Language("chinese");

    /** Japanese. */
    public static final Language JAPANESE = new Language("japanese");

    /** French. */
    public static final Language FRENCH = new Language("french");

    /** Korean. */
    public static final Language KOREAN = new Language("korean");

    /** Russian. */
    public static final Language RUSSIAN = new Language("russian");

    /** Italian. */
    public static final Language ITALIAN = new Language("italian");

    /** Portuguese. */
    public static final Language PORTUGUESE = new Language("portuguese");

    /** ISO 639-1 codes of the constants. */
    private static final Map<String, Language> CODES = Map.ofEntries(
            Map.entry("en", ENGLISH),
            Map.entry("de", GERMAN),
            Map.entry("es", SPANISH),
            Map.entry("zh", CHINESE),
            Map.entry("ja", JAPANESE),
            Map.entry("fr", FRENCH),
            Map.entry("ko", KOREAN),
            Map.entry("ru", RUSSIAN),
            Map.entry("it", ITALIAN),
            Map.entry("pt", PORTUGUESE));

    /** A code with or without script and region: {@code en}, {@code de-DE}, {@code zh_CN}, {@code zh-Hans-CN}. */
    private static final Pattern TAG = Pattern.compile("([a-z]{2})(?:[-_][a-z0-9]{2,8})*");

    private final String name;

    private Language(String name) {
        this.name = name;
    }

    /**
     * Finds a language by its English name or its code.
     *
     * @param name in any case: {@code german}, {@code de}, {@code de-DE}, {@code zh_CN}; {@code auto} leaves it to the model
     * @return the language; one that no checkpoint knows is refused when a request is made
     * @throws InvalidRequestException if the name is blank
     */
    public static Language of(String name) {
        String lower = name.strip().toLowerCase(Locale.ROOT);
        Check.argument(!lower.isEmpty(), "language must be named; auto leaves it open", "language", name);
        Matcher tag = TAG.matcher(lower);
        Language coded = tag.matches() ? CODES.get(tag.group(1)) : null;
        return coded == null ? new Language(lower) : coded;
    }

    /**
     * Returns the English name.
     *
     * @return in lower case, such as {@code english}
     */
    public String name() {
        return name;
    }

    /**
     * Tells whether the model detects the language.
     *
     * @return true for {@link #AUTO}
     */
    public boolean isAuto() {
        return equals(AUTO);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Language that && name.equals(that.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
