package io.github.qwen3tts.server;

import io.github.qwen3tts.audio.AudioSink;
import io.github.qwen3tts.audio.PcmSink;
import io.github.qwen3tts.audio.internal.ffmpeg.AudioCodec;
import io.github.qwen3tts.audio.internal.ffmpeg.Ffmpeg;
import io.github.qwen3tts.audio.internal.wav.WavFormat;
import io.github.qwen3tts.audio.internal.wav.WavWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What speech is sent as. All of them can be played while they arrive. */
enum SpeechFormat {
    MP3(AudioCodec.MP3),
    OPUS(AudioCodec.OPUS),
    AAC(AudioCodec.AAC),
    FLAC(AudioCodec.FLAC),
    WAV("audio/wav"),
    PCM("audio/pcm");

    private final AudioCodec codec; // null: ours
    private final String contentType;

    SpeechFormat(AudioCodec codec) {
        this.codec = codec;
        this.contentType = codec.contentType();
    }

    SpeechFormat(String contentType) {
        this.codec = null;
        this.contentType = contentType;
    }

    static SpeechFormat of(String name) {
        return Stream.of(values())
                .filter(format -> format.word().equals(name))
                .findFirst()
                .orElseThrow(() -> ApiException.invalid(
                        "response_format",
                        "response_format must be one of "
                                + Stream.of(values()).map(SpeechFormat::word).collect(Collectors.joining(", "))));
    }

    /** The name in requests. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    String contentType() {
        return contentType;
    }

    /** Why it cannot be written here, or empty. */
    Optional<String> missing() {
        return codec == null ? Optional.empty() : Ffmpeg.missing();
    }

    /** Writes mono audio as it comes; {@code out} is flushed with every write, and stays the caller's. */
    AudioSink open(OutputStream out, int sampleRateHz) throws IOException {
        return switch (this) {
            case PCM -> new PcmSink(out);
            case WAV -> WavWriter.stream(out, WavFormat.pcm16(sampleRateHz));
            case MP3, OPUS, AAC, FLAC -> Ffmpeg.encode(codec, sampleRateHz, out);
        };
    }
}
