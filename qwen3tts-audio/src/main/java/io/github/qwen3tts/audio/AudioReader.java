package io.github.qwen3tts.audio;

import io.github.qwen3tts.audio.internal.ffmpeg.Ffmpeg;
import io.github.qwen3tts.audio.internal.wav.WavReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/**
 * Reads audio whatever its format, which it takes from the content, never from the name. WAV always works; the rest
 * needs FFmpeg and says so if it is missing.
 */
public final class AudioReader {

    /** Samples of all channels together that compressed audio may unpack to: 23 minutes of 48 kHz mono. */
    public static final int MAX_SAMPLES = 1 << 26;

    /** Bytes read from a stream of compressed audio: 256 MiB. */
    public static final int MAX_STREAM_BYTES = 1 << 28;

    private static final int HEAD_BYTES = 12;
    private static final Set<String> RIFF_KINDS = Set.of("RIFF", "RF64", "BW64");

    private AudioReader() {}

    /**
     * Reads a file.
     *
     * @param file the file
     * @return its audio at its own rate, channels interleaved
     * @throws AudioFormatException   if it is no audio, damaged, or unpacks to more than {@link #MAX_SAMPLES}
     * @throws FfmpegMissingException if it is no WAV file and FFmpeg is not there
     * @throws IOException            if the file cannot be read
     */
    public static Pcm read(Path file) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            if (!Files.isRegularFile(file)) {
                return read(in); // a pipe, which cannot be opened twice
            }
            head = in.readNBytes(HEAD_BYTES);
        }
        if (isWav(head)) {
            return WavReader.read(file);
        }
        requireFfmpeg(head, file.toString());
        return Ffmpeg.decode(file, MAX_SAMPLES);
    }

    /**
     * Reads a file that is already in memory.
     *
     * @param bytes the content of the file; read only
     * @return its audio at its own rate, channels interleaved
     * @throws AudioFormatException   if it is no audio, damaged, or unpacks to more than {@link #MAX_SAMPLES}
     * @throws FfmpegMissingException if it is no WAV file and FFmpeg is not there
     * @throws IOException            if FFmpeg fails
     */
    public static Pcm read(byte[] bytes) throws IOException {
        byte[] head = Arrays.copyOf(bytes, Math.min(bytes.length, HEAD_BYTES));
        if (isWav(head)) {
            return WavReader.read(bytes);
        }
        requireFfmpeg(head, "bytes");
        return Ffmpeg.decode(bytes, MAX_SAMPLES);
    }

    /**
     * Reads a stream, which stays the caller's to close: WAV up to the end of its audio, the rest up to the end of the
     * stream, as only a whole file can be searched.
     *
     * @param in the stream
     * @return its audio at its own rate, channels interleaved
     * @throws AudioFormatException   if it is no audio, damaged, longer than {@link #MAX_STREAM_BYTES} though
     *                                compressed, or unpacks to more than {@link #MAX_SAMPLES}
     * @throws FfmpegMissingException if it is no WAV file and FFmpeg is not there
     * @throws IOException            if the stream cannot be read
     */
    public static Pcm read(InputStream in) throws IOException {
        byte[] head = in.readNBytes(HEAD_BYTES);
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(head), in);
        if (isWav(head)) {
            return WavReader.read(whole);
        }
        requireFfmpeg(head, "stream");
        byte[] bytes = whole.readNBytes(MAX_STREAM_BYTES);
        if (bytes.length == MAX_STREAM_BYTES && in.read() >= 0) {
            throw new AudioFormatException("audio is too long", "stream", "<= " + MAX_STREAM_BYTES + " bytes", "more");
        }
        return Ffmpeg.decode(bytes, MAX_SAMPLES);
    }

    private static boolean isWav(byte[] head) {
        String text = new String(head, StandardCharsets.ISO_8859_1);
        return text.length() == HEAD_BYTES && RIFF_KINDS.contains(text.substring(0, 4)) && text.startsWith("WAVE", 8);
    }

    private static void requireFfmpeg(byte[] head, String source) throws IOException {
        if (head.length == 0) {
            throw new AudioFormatException("audio is empty", source, "an audio file", "0 bytes");
        }
        if (Ffmpeg.missing().isPresent()) {
            String start = new String(head, StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", "?");
            throw new FfmpegMissingException(
                    "not a WAV file: source=" + source + ", start=" + start + "; everything else needs FFmpeg. "
                            + Ffmpeg.missing().get(),
                    null);
        }
    }
}
