package io.github.qwen3tts.audio;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** There is no sound card to play on, or it stopped taking audio. */
public class AudioDeviceException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * Says what failed, the values and the way out.
     *
     * @param message the sentence
     * @param cause   what the platform said, or null
     */
    public AudioDeviceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
