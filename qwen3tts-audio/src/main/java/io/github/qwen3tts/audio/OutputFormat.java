package io.github.qwen3tts.audio;

import io.github.qwen3tts.audio.internal.ffmpeg.AudioCodec;
import io.github.qwen3tts.audio.internal.ffmpeg.Ffmpeg;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Formats that speech can be written in. All of them can be played while they arrive. {@link #WAV} and {@link #PCM} always
 * work; the others need {@code org.bytedeco:ffmpeg} with the natives of the platform.
 *
 * @since 0.1.0
 */
public enum OutputFormat {
    /** WAV, 16-bit integers. */
    WAV("audio/wav", null),
    /** Bare 16-bit little-endian integers, without a header. */
    PCM("audio/pcm", null),
    /** MP3. */
    MP3(AudioCodec.MP3.contentType(), AudioCodec.MP3),
    /** Opus in Ogg, at 48 kHz. */
    OPUS(AudioCodec.OPUS.contentType(), AudioCodec.OPUS),
    /** AAC-LC in ADTS frames. */
    AAC(AudioCodec.AAC.contentType(), AudioCodec.AAC),
    /** FLAC, 16 bits. */
    FLAC(AudioCodec.FLAC.contentType(), AudioCodec.FLAC);

    private final String contentType;
    private final @Nullable AudioCodec codec;

    OutputFormat(String contentType, @Nullable AudioCodec codec) {
        this.contentType = contentType;
        this.codec = codec;
    }

    /**
     * Finds a format by the ending of a file's name; {@code ogg} is Opus, {@code raw} is PCM.
     *
     * @param file a name with an ending, in any case
     * @return the format
     * @throws AudioFormatException if the ending is missing or unknown; the message lists those known
     */
    public static OutputFormat ofFile(Path file) throws AudioFormatException {
        String name = String.valueOf(file.getFileName());
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        Optional<OutputFormat> found = switch (ending) {
            case "ogg" -> Optional.of(OPUS);
            case "raw" -> Optional.of(PCM);
            default -> named(ending);
        };
        return found.orElseThrow(() -> new AudioFormatException(
                "unknown ending of an audio file",
                String.valueOf(file),
                "one of " + Arrays.stream(values()).map(OutputFormat::toString).collect(Collectors.joining(", ")),
                ending));
    }

    /**
     * Finds a format by its name.
     *
     * @param name in any case
     * @return empty if there is none of this name
     */
    public static Optional<OutputFormat> named(String name) {
        return Arrays.stream(values())
                .filter(format -> format.name().equalsIgnoreCase(name))
                .findFirst();
    }

    /**
     * Returns the media type for an HTTP header.
     *
     * @return for example {@code audio/mpeg}
     */
    public String contentType() {
        return contentType;
    }

    /**
     * Tells why this format cannot be written here.
     *
     * @return a sentence that names what to add; empty if it can
     */
    public Optional<String> missing() {
        return codec == null ? Optional.empty() : Ffmpeg.missing();
    }

    /** FFmpeg's codec; null for the formats of our own. */
    @Nullable
    AudioCodec codec() {
        return codec;
    }

    /** Returns the name in lower case, which is also the usual ending of a file. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
