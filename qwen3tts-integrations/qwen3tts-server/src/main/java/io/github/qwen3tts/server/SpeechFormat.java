package io.github.qwen3tts.server;

import io.github.qwen3tts.audio.AudioSink;
import io.github.qwen3tts.audio.internal.PcmSink;
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

/** Audio formats of responses. All of them can be played while they arrive. */
enum SpeechFormat {
    MP3(AudioCodec.MP3),
    OPUS(AudioCodec.OPUS),
    AAC(AudioCodec.AAC),
    FLAC(AudioCodec.FLAC),
    WAV("audio/wav"),
    PCM("audio/pcm");

    private final AudioCodec codec; // null if FFmpeg is not needed
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

    /** The reason why this format is not available; empty if it is. */
    Optional<String> missing() {
        return codec == null ? Optional.empty() : Ffmpeg.missing();
    }

    /** Opens an encoder of mono audio; it flushes {@code out} with every write, and does not close it. */
    AudioSink open(OutputStream out, int sampleRateHz) throws IOException {
        return switch (this) {
            case PCM -> new PcmSink(out);
            case WAV -> WavWriter.stream(out, WavFormat.pcm16(sampleRateHz));
            case MP3, OPUS, AAC, FLAC -> Ffmpeg.encode(codec, sampleRateHz, out);
        };
    }
}
