package io.github.qwen3tts.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code voice_cloning}: the clip whose voice is cloned, known to programs as {@code cloned_voice}.
 *
 * @param referenceAudio an audio file
 * @param promptText     what is said in it; empty to use the sound of the voice only
 */
public record VoiceCloning(Path referenceAudio, Optional<String> promptText) {

    static final Setting<String> REFERENCE_AUDIO = Setting.optional(
            "reference_audio",
            new Kind.Text(),
            "A clip of the voice to clone, 3 to 30 seconds, relative to this file. Needs a Base model.");
    static final Setting<String> PROMPT_TEXT = Setting.optional(
            "prompt_text", new Kind.Text(), "What is said in the clip, word for word; makes the clone closer.");
    static final List<Setting<?>> SETTINGS = List.of(REFERENCE_AUDIO, PROMPT_TEXT);

    static Optional<VoiceCloning> of(Section section, Path folder) {
        Optional<String> clip = section.find(REFERENCE_AUDIO).filter(text -> !text.isBlank());
        Optional<String> transcript = section.find(PROMPT_TEXT).filter(text -> !text.isBlank());
        if (clip.isEmpty() && transcript.isPresent()) {
            throw section.wrong(PROMPT_TEXT, "the transcript of a reference_audio, which is missing");
        }
        return clip.map(file ->
                new VoiceCloning(Paths.resolve(section, REFERENCE_AUDIO, folder, file), transcript.map(String::strip)));
    }

    /** Says how long the transcript is, not what it says: this ends up in logs. */
    @Override
    public String toString() {
        return "VoiceCloning[referenceAudio=" + referenceAudio + ", promptText="
                + promptText.map(text -> text.length() + " characters").orElse("none") + "]";
    }
}
