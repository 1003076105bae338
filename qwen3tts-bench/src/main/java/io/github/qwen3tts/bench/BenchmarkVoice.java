package io.github.qwen3tts.bench;

import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.prompt.PromptVocabulary;

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
                ClonedVoice.of(
                        speakerVector,
                        new int[0],
                        0,
                        "",
                        new ClonedVoice.Origin(model.type().published(), model.size(), "benchmark"));
        };
    }
}
