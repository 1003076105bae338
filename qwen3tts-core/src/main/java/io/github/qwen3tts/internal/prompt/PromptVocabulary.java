package io.github.qwen3tts.internal.prompt;

import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.ModelType;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.internal.Check;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What a checkpoint's config.json says about prompts. Names are kept in lower case and in order. Immutable.
 *
 * @param type      which kind of voice the model speaks with
 * @param size      {@code 0b6} or {@code 1b7}, as written
 * @param text      ids that stand beside the text
 * @param codec     ids that stand beside the codes
 * @param languages {@code codec_language_id}: codec id of each language, dialects among them
 * @param speakers  {@code spk_id}: codec id of each preset speaker
 * @param dialects  {@code spk_is_dialect} where it is not false: the dialect, a key of {@code languages}, of a speaker
 */
public record PromptVocabulary(
        ModelType type,
        String size,
        TextIds text,
        CodecIds codec,
        Map<String, Integer> languages,
        Map<String, Integer> speakers,
        Map<String, String> dialects) {

    private static final String DIALECT = "dialect";
    private static final String NO_INSTRUCT_SIZE = "0b6";

    /**
     * Ids of the text embedding.
     *
     * @param pad {@code tts_pad_token_id}
     * @param bos {@code tts_bos_token_id}
     * @param eos {@code tts_eos_token_id}
     */
    public record TextIds(int pad, int bos, int eos) {}

    /**
     * Ids of the codec embedding.
     *
     * @param pad      {@code codec_pad_id}
     * @param bos      {@code codec_bos_id}
     * @param eos      {@code codec_eos_token_id}
     * @param think    {@code codec_think_id}
     * @param nothink  {@code codec_nothink_id}
     * @param thinkBos {@code codec_think_bos_id}
     * @param thinkEos {@code codec_think_eos_id}
     */
    public record CodecIds(int pad, int bos, int eos, int think, int nothink, int thinkBos, int thinkEos) {}

    public PromptVocabulary {
        languages = lowerCase(languages);
        speakers = lowerCase(speakers);
        dialects = lowerCase(dialects);
        for (Map.Entry<String, String> dialect : dialects.entrySet()) {
            if (!languages.containsKey(dialect.getValue())) {
                throw new ModelLoadException(Check.message(
                        "dialect of a speaker must be one of the languages",
                        "speaker",
                        dialect.getKey(),
                        "dialect",
                        dialect.getValue(),
                        "languages",
                        languages.keySet()));
            }
        }
    }

    private static <T> Map<String, T> lowerCase(Map<String, T> map) {
        Map<String, T> lower = new TreeMap<>();
        map.forEach((name, value) -> {
            if (lower.put(name.toLowerCase(Locale.ROOT), value) != null) {
                throw new ModelLoadException(
                        Check.message("names must differ in more than upper and lower case", "name", name));
            }
        });
        return Collections.unmodifiableMap(lower);
    }

    /**
     * Whether a request may say how to speak. The official code drops the instruction for other models; {@link
     * RequestRules} refuses it.
     *
     * @return true for voice design, and for custom voice but the smallest size
     */
    public boolean instructSupported() {
        return switch (type) {
            case BASE -> false;
            case CUSTOM_VOICE -> !size.equals(NO_INSTRUCT_SIZE);
            case VOICE_DESIGN -> true;
        };
    }

    /**
     * The size as people write it.
     *
     * @return {@code 0.6B} for {@code 0b6}
     */
    public String sizeName() {
        return size.matches("\\d+b\\d+") ? size.replace('b', '.') + "B" : size;
    }

    /**
     * What a request may name as its language.
     *
     * @return {@code auto}, then the languages; dialects are not among them, as they come with their speakers
     */
    public List<String> languageNames() {
        List<String> names = new ArrayList<>();
        names.add(Language.AUTO.name());
        languages.keySet().stream().filter(name -> !name.contains(DIALECT)).forEach(names::add);
        return List.copyOf(names);
    }

    /**
     * What a request may name as its speaker.
     *
     * @return the preset speakers, none but for custom voice
     */
    public List<String> speakerNames() {
        return List.copyOf(speakers.keySet());
    }

    /** The codec id that announces a known language; empty if the model is to tell it from the text. */
    OptionalInt languageId(Language language, Voice voice) {
        if (voice instanceof Voice.Named named && (language.isAuto() || language.equals(Language.CHINESE))) {
            String dialect = dialects.get(key(named));
            if (dialect != null) {
                return OptionalInt.of(languages.get(dialect));
            }
        }
        return language.isAuto() ? OptionalInt.empty() : OptionalInt.of(languages.get(language.name()));
    }

    /** Returns whether there is a preset speaker of this name. */
    boolean hasSpeaker(Voice.Named voice) {
        return speakers.containsKey(key(voice));
    }

    /** The codec id of a preset speaker that there is. */
    int speakerId(Voice.Named voice) {
        return speakers.get(key(voice));
    }

    private static String key(Voice.Named voice) {
        return voice.speaker().strip().toLowerCase(Locale.ROOT);
    }
}
