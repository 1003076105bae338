package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.api.Capabilities;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.Speaker;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.prompt.PromptVocabulary;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Describes what a checkpoint can do. */
public final class ModelCapabilities {

    /** The preset speakers of the released CustomVoice models, as their model card describes them. */
    private static final Map<String, Speaker> RELEASED = Map.of(
            "vivian", Speaker.of("vivian").with("female", "young", Language.CHINESE),
            "serena", Speaker.of("serena").with("female", "young", Language.CHINESE),
            "uncle_fu", Speaker.of("uncle_fu").with("male", "elderly", Language.CHINESE),
            "dylan", Speaker.of("dylan").with("male", "young", Language.CHINESE),
            "eric", Speaker.of("eric").with("male", "adult", Language.CHINESE),
            "ryan", Speaker.of("ryan").with("male", "adult", Language.ENGLISH),
            "aiden", Speaker.of("aiden").with("male", "young", Language.ENGLISH),
            "ono_anna", Speaker.of("ono_anna").with("female", "young", Language.JAPANESE),
            "sohee", Speaker.of("sohee").with("female", "adult", Language.KOREAN));

    private ModelCapabilities() {}

    /** Describes a checkpoint under the limits of an engine. */
    public static Capabilities of(Checkpoint checkpoint, int maxTextTokens, Duration maxDuration) {
        PromptVocabulary model = checkpoint.config().prompt();
        return Capabilities.of(model.type(), model.sizeName())
                .withSpeakers(speakers(model))
                .withLanguages(model.languageNames().stream().map(Language::of).toList())
                .withInstruct(model.instructSupported())
                .withSampling(checkpoint.generation().sampling())
                .withLimits(maxTextTokens, maxDuration);
    }

    /** Nothing but names if several of them are one voice: then it is not the released one. */
    private static List<Speaker> speakers(PromptVocabulary model) {
        boolean distinct = new HashSet<>(model.speakers().values()).size()
                == model.speakers().size();
        return model.speakerNames().stream()
                .map(name -> distinct ? RELEASED.getOrDefault(name, Speaker.of(name)) : Speaker.of(name))
                .toList();
    }
}
