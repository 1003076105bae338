package io.github.qwen3tts.audio.internal.ffmpeg;

/** What {@link Ffmpeg#encode} can write. Every one of them can be played while it is written. */
public enum AudioCodec {
    /** MP3. */
    MP3("audio/mpeg", "mp3", 64_000),
    /** Opus in Ogg, at 48 kHz, in packets of 20 ms. */
    OPUS("audio/ogg", "opus", 48_000),
    /** AAC-LC in ADTS frames. */
    AAC("audio/aac", "aac", 64_000),
    /** FLAC of 16 bits, nothing lost. */
    FLAC("audio/flac", "flac", 0);

    private final String contentType;
    private final String extension;
    private final int defaultBitsPerSecond;

    AudioCodec(String contentType, String extension, int defaultBitsPerSecond) {
        this.contentType = contentType;
        this.extension = extension;
        this.defaultBitsPerSecond = defaultBitsPerSecond;
    }

    /**
     * The media type for an HTTP header.
     *
     * @return for example {@code audio/mpeg}
     */
    public String contentType() {
        return contentType;
    }

    /**
     * The usual end of a file name.
     *
     * @return for example {@code mp3}, without a dot
     */
    public String extension() {
        return extension;
    }

    /**
     * A bit rate at which mono speech is clean.
     *
     * @return bits per second; 0 where nothing is lost and the rate is what it is
     */
    public int defaultBitsPerSecond() {
        return defaultBitsPerSecond;
    }
}
