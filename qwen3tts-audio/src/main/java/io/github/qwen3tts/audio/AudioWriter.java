package io.github.qwen3tts.audio;

import io.github.qwen3tts.audio.internal.PcmSink;
import io.github.qwen3tts.audio.internal.ffmpeg.Ffmpeg;
import io.github.qwen3tts.audio.internal.wav.WavFormat;
import io.github.qwen3tts.audio.internal.wav.WavWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Writes mono audio in an {@link OutputFormat} while it is made. For one thread at a time.
 *
 * @since 0.1.0
 */
public final class AudioWriter implements AudioSink {

    private final AudioSink encoder;
    private final @Nullable OutputStream owned; // closed with this; null: the caller or the encoder closes it

    private AudioWriter(AudioSink encoder, @Nullable OutputStream owned) {
        this.encoder = encoder;
        this.owned = owned;
    }

    /**
     * Creates a file, or replaces its content. A WAV file gets its true sizes when it is closed; cut short before, it can
     * still be opened.
     *
     * @param file         to write
     * @param format       of the file
     * @param sampleRateHz samples per second; a rate that the format does not know is resampled to the next one it does
     * @return the open writer, to be closed by the caller
     * @throws FfmpegMissingException if the format needs FFmpeg and it is not there; no file is created then
     * @throws IOException            if the file cannot be written
     */
    public static AudioWriter create(Path file, OutputFormat format, int sampleRateHz) throws IOException {
        if (format == OutputFormat.WAV) {
            return new AudioWriter(WavWriter.create(file, WavFormat.pcm16(sampleRateHz)), null);
        }
        if (format.missing().isPresent()) {
            throw new FfmpegMissingException(format.missing().get(), null);
        }
        OutputStream out = Files.newOutputStream(file);
        try {
            return new AudioWriter(encoder(out, format, sampleRateHz), out);
        } catch (IOException | RuntimeException e) {
            out.close();
            throw e;
        }
    }

    /**
     * Starts to write into a stream. Every write is flushed.
     *
     * @param out          stays the caller's to close
     * @param format       of the bytes
     * @param sampleRateHz samples per second; a rate that the format does not know is resampled to the next one it does
     * @return the open writer, to be closed by the caller, which ends the format but leaves {@code out} open
     * @throws FfmpegMissingException if the format needs FFmpeg and it is not there
     * @throws IOException            if the head of the format cannot be written
     */
    public static AudioWriter stream(OutputStream out, OutputFormat format, int sampleRateHz) throws IOException {
        return new AudioWriter(encoder(out, format, sampleRateHz), null);
    }

    private static AudioSink encoder(OutputStream out, OutputFormat format, int sampleRateHz) throws IOException {
        return switch (format) {
            case PCM -> new PcmSink(out);
            case WAV -> WavWriter.stream(out, WavFormat.pcm16(sampleRateHz));
            case MP3, OPUS, AAC, FLAC -> Ffmpeg.encode(format.codec(), sampleRateHz, out);
        };
    }

    @Override
    public void write(float[] samples, int from, int count) throws IOException {
        encoder.write(samples, from, count);
    }

    @Override
    public void close() throws IOException {
        try (owned) {
            encoder.close();
        }
    }
}
