package io.github.qwen3tts.audio;

import java.io.IOException;

/** The bytes are not audio this library can read. The message names the source, what was expected and what was found. */
public class AudioFormatException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * Builds the message {@code problem: source=..., expected=..., actual=...}.
     *
     * @param problem  what is wrong, in a few words
     * @param source   where the audio came from: a file name, or "bytes" or "stream"
     * @param expected what would have been right
     * @param actual   what was found
     */
    public AudioFormatException(String problem, String source, Object expected, Object actual) {
        super(problem + ": source=" + source + ", expected=" + expected + ", actual=" + actual);
    }
}
