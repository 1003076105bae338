package io.github.qwen3tts.server;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Maps OpenAI's voices to the most similar speakers and descriptions of Qwen3-TTS. */
final class OpenAiVoices {

    private record Match(String speaker, String description) {}

    private static final Map<String, Match> MATCHES = new TreeMap<>(Map.ofEntries(
            Map.entry("alloy", new Match("serena", "A neutral, balanced young adult voice, clear and even.")),
            Map.entry("ash", new Match("aiden", "A warm, confident young man with a clear, friendly voice.")),
            Map.entry("ballad", new Match("dylan", "A soft, expressive man's voice, as if telling a story.")),
            Map.entry("cedar", new Match("aiden", "A calm, natural man's voice, low and relaxed.")),
            Map.entry("coral", new Match("vivian", "A bright, cheerful young woman's voice.")),
            Map.entry("echo", new Match("ryan", "A steady, resonant man's voice, composed and clear.")),
            Map.entry("fable", new Match("eric", "A lively narrator's voice with a British touch.")),
            Map.entry("marin", new Match("ono_anna", "A natural, easy-going woman's voice.")),
            Map.entry("nova", new Match("vivian", "An energetic, friendly young woman's voice.")),
            Map.entry("onyx", new Match("uncle_fu", "A deep, mature man's voice with authority.")),
            Map.entry("sage", new Match("serena", "A wise, gentle woman's voice, unhurried.")),
            Map.entry("shimmer", new Match("sohee", "A soft, warm woman's voice with a smile in it.")),
            Map.entry("verse", new Match("ryan", "A versatile, expressive man's voice."))));

    private OpenAiVoices() {}

    static Iterable<String> names() {
        return MATCHES.keySet();
    }

    static boolean has(String name) {
        return MATCHES.containsKey(name);
    }

    /** The most similar preset speaker of the released models. */
    static Optional<String> speaker(String name) {
        return Optional.ofNullable(MATCHES.get(name)).map(Match::speaker);
    }

    /** The description for a VoiceDesign model. */
    static Optional<String> description(String name) {
        return Optional.ofNullable(MATCHES.get(name)).map(Match::description);
    }
}
