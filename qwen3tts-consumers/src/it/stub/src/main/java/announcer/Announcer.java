package announcer;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SpeechSynthesizer;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.TtsException;

/** Announces trains, by voice if that works and by sign if not. */
final class Announcer {
    private final SpeechSynthesizer synthesizer;

    Announcer(SpeechSynthesizer synthesizer) {
        this.synthesizer = synthesizer;
    }

    /** Returns the seconds of speech, 0 if there is only the sign. */
    double announce(String train) {
        double seconds = 0;
        try (SpeechStream speech = synthesizer.stream(SynthesisRequest.of(train + " is delayed."))) {
            for (AudioChunk chunk : speech) {
                seconds += chunk.seconds();
            }
            return seconds;
        } catch (TtsException e) {
            return 0;
        }
    }
}
