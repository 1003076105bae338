package io.github.qwen3tts.api;

import io.github.qwen3tts.internal.Check;
import java.util.Locale;
import java.util.Objects;

/**
 * The language of a text, by its English name. A checkpoint may know others than the constants.
 *
 * @param name in lower case, such as {@code english}
 */
public record Language(String name) {

    /** The model tells the language by itself. */
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

    public Language {
        Objects.requireNonNull(name, "name");
        name = name.strip().toLowerCase(Locale.ROOT);
        Check.argument(!name.isEmpty(), "language must be named; auto leaves it open", "language", name);
    }

    /**
     * A language by name.
     *
     * @param name in any case
     * @return the language
     */
    public static Language of(String name) {
        return new Language(name);
    }

    /**
     * Whether the model tells the language by itself.
     *
     * @return true for {@link #AUTO}
     */
    public boolean isAuto() {
        return equals(AUTO);
    }

    @Override
    public String toString() {
        return name;
    }
}
