package io.github.qwen3tts.audio;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Compressed audio was asked for and FFmpeg is not there. The message names the dependency to add. */
public class FfmpegMissingException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * Says what is missing.
     *
     * @param message the sentence
     * @param cause   what loading failed with
     */
    public FfmpegMissingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
