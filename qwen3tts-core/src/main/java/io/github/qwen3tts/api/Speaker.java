package io.github.qwen3tts.api;

import java.util.Objects;

/**
 * Describes a preset speaker of a checkpoint. Immutable.
 *
 * @since 0.1.0
 */
public final class Speaker {

    private final String name;
    private final String sex;
    private final String age;
    private final Language language;

    private Speaker(String name, String sex, String age, Language language) {
        this.name = Objects.requireNonNull(name, "name");
        this.sex = Objects.requireNonNull(sex, "sex");
        this.age = Objects.requireNonNull(age, "age");
        this.language = Objects.requireNonNull(language, "language");
    }

    /**
     * Describes a speaker of whom nothing but the name is known.
     *
     * @param name as {@link Voice#named} takes it
     * @return the speaker
     */
    public static Speaker of(String name) {
        return new Speaker(name, "", "", Language.AUTO);
    }

    /**
     * Adds what is known.
     *
     * @param sex      {@code female}, {@code male} or empty
     * @param age      a word, such as {@code young}, or empty
     * @param language the native language; {@link Language#AUTO} if unknown
     * @return the changed copy
     */
    public Speaker with(String sex, String age, Language language) {
        return new Speaker(name, sex, age, language);
    }

    /**
     * Returns the name.
     *
     * @return as {@link Voice#named} takes it
     */
    public String name() {
        return name;
    }

    /**
     * Returns the sex of the voice.
     *
     * @return {@code female}, {@code male}, or empty if unknown
     */
    public String sex() {
        return sex;
    }

    /**
     * Returns the age of the voice in a word.
     *
     * @return such as {@code young}, or empty if unknown
     */
    public String age() {
        return age;
    }

    /**
     * Returns the native language. A speaker speaks the other languages of the model, too.
     *
     * @return {@link Language#AUTO} if unknown
     */
    public Language language() {
        return language;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Speaker that
                && name.equals(that.name)
                && sex.equals(that.sex)
                && age.equals(that.age)
                && language.equals(that.language);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, sex, age, language);
    }

    @Override
    public String toString() {
        return sex.isEmpty() ? name : name + " (" + age + " " + sex + ", " + language + ")";
    }
}
