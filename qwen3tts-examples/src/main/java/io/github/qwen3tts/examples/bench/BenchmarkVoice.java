package io.github.qwen3tts.examples.bench;

import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.prompt.PromptVocabulary;
import java.time.Instant;
import java.util.List;

/** A voice that any checkpoint has. */
final class BenchmarkVoice {

    private BenchmarkVoice() {}

    /** The first speaker, an open voice, or that of a speaker vector. */
    static Voice of(Checkpoint checkpoint, float[] speakerVector) {
        PromptVocabulary model = checkpoint.config().prompt();
        return switch (model.type()) {
            case CUSTOM_VOICE -> Voice.named(model.speakerNames().get(0));
            case VOICE_DESIGN -> Voice.any();
            case BASE ->
                new Voice.Cloned(
                        speakerVector,
                        new int[0],
                        0,
                        "",
                        new Voice.Cloned.Origin(model.type().published(), model.size(), "benchmark"),
                        new Voice.Cloned.Notes(Language.AUTO, Instant.EPOCH, "", List.of()));
        };
    }
}
