package io.github.qwen3tts.server;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The voices OpenAI has, and what comes nearest to them here. */
final class OpenAiVoices {

    private record Likeness(String speaker, String description) {}

    private static final Map<String, Likeness> LIKENESSES = new TreeMap<>(Map.ofEntries(
            Map.entry("alloy", new Likeness("serena", "A neutral, balanced young adult voice, clear and even.")),
            Map.entry("ash", new Likeness("aiden", "A warm, confident young man with a clear, friendly voice.")),
            Map.entry("ballad", new Likeness("dylan", "A soft, expressive man's voice, as if telling a story.")),
            Map.entry("cedar", new Likeness("aiden", "A calm, natural man's voice, low and relaxed.")),
            Map.entry("coral", new Likeness("vivian", "A bright, cheerful young woman's voice.")),
            Map.entry("echo", new Likeness("ryan", "A steady, resonant man's voice, composed and clear.")),
            Map.entry("fable", new Likeness("eric", "A lively narrator's voice with a British touch.")),
            Map.entry("marin", new Likeness("ono_anna", "A natural, easy-going woman's voice.")),
            Map.entry("nova", new Likeness("vivian", "An energetic, friendly young woman's voice.")),
            Map.entry("onyx", new Likeness("uncle_fu", "A deep, mature man's voice with authority.")),
            Map.entry("sage", new Likeness("serena", "A wise, gentle woman's voice, unhurried.")),
            Map.entry("shimmer", new Likeness("sohee", "A soft, warm woman's voice with a smile in it.")),
            Map.entry("verse", new Likeness("ryan", "A versatile, expressive man's voice."))));

    private OpenAiVoices() {}

    static Iterable<String> names() {
        return LIKENESSES.keySet();
    }

    static boolean has(String name) {
        return LIKENESSES.containsKey(name);
    }

    /** The preset speaker of the released models that is most like it. */
    static Optional<String> speaker(String name) {
        return Optional.ofNullable(LIKENESSES.get(name)).map(Likeness::speaker);
    }

    /** What to ask a VoiceDesign model for. */
    static Optional<String> description(String name) {
        return Optional.ofNullable(LIKENESSES.get(name)).map(Likeness::description);
    }
}
