package io.github.qwen3tts.internal.text;

import java.util.Locale;
import java.util.Set;

/** Words whose full stop does not end a sentence, in the languages the model speaks. */
final class Abbreviations {

    /** Always followed by more of the sentence. */
    private static final Set<String> OPEN = Set.of(
            "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "gen", "col", "capt", "lt", "sgt", "rev", "gov", "sen",
            "mt", "vs", "approx", // English
            "hr", "frl", "dipl", "bzw", "ca", "evtl", "ggf", "inkl", "zzgl", "sog", "geb", "vgl", // German
            "sra", "srta", "dra", "sta", "sto", "ud", "uds", "avda", "exmo", "exma", // Spanish, Portuguese
            "mme", "mlle", "mgr", "env", // French
            "sig", "dott", "avv", "ing", "egr", // Italian
            "им", "ул", "тов", "гр", "проф", "акад", "см", "напр"); // Russian

    /** Followed by more of the sentence if that is a number. */
    private static final Set<String> NUMBERED = Set.of(
            "no", "nos", "nr", "fig", "figs", "vol", "ch", "sec", "eq", "pp", "abs", "art", "abb", "kap", "bd", "tab",
            "núm", "num", "pág", "págs", "pag", "cap", "стр", "рис", "гл");

    private Abbreviations() {}

    /**
     * Whether a sentence goes on behind a word and its full stop.
     *
     * @param word the word before the full stop; may itself contain full stops
     * @param next the first letter or digit behind it, a code point
     */
    static boolean goesOn(String word, int next) {
        String lower = word.toLowerCase(Locale.ROOT);
        return OPEN.contains(lower) || Character.isDigit(next) && NUMBERED.contains(lower) || areInitials(word);
    }

    /** Whether a word is a number of one or two digits: the 3. of a date or of a list. */
    static boolean isOrdinal(String word) {
        return word.length() >= 1 && word.length() <= 2 && word.chars().allMatch(Character::isDigit);
    }

    /** Groups of one letter, or of two beside others, with case: {@code J}, {@code z.B}, {@code Ph.D}, {@code т.е}. */
    private static boolean areInitials(String word) {
        String[] groups = word.split("\\.", -1);
        for (String group : groups) {
            boolean cased = group.chars().allMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c));
            if (!cased || group.isEmpty() || group.length() > Math.min(2, groups.length)) {
                return false;
            }
        }
        return true;
    }
}
