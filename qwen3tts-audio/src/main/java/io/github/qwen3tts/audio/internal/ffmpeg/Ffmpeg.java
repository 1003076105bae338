package io.github.qwen3tts.audio.internal.ffmpeg;

import io.github.qwen3tts.audio.AudioFormatException;
import io.github.qwen3tts.audio.AudioSink;
import io.github.qwen3tts.audio.FfmpegMissingException;
import io.github.qwen3tts.audio.Pcm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads what WAV is not, and writes compressed streams. The one way to FFmpeg: everything behind it needs {@code
 * org.bytedeco:ffmpeg}, this class does not. Any number of threads.
 */
public final class Ffmpeg {

    /** The release this is built against. */
    static final String VERSION = "7.1.1-1.5.12";

    private static final String JAVACPP_VERSION = VERSION.substring(VERSION.indexOf('-') + 1);

    private Ffmpeg() {}

    /** Why FFmpeg cannot be used; loaded on first use, once. */
    private static final class Loaded {
        static final Throwable PROBLEM = load();

        private static Throwable load() {
            try {
                Libav.load();
                return null;
            } catch (LinkageError e) {
                return e;
            }
        }
    }

    /**
     * Why compressed audio cannot be read or written here.
     *
     * @return a sentence with what to add; empty if FFmpeg is there
     */
    public static Optional<String> missing() {
        Throwable problem = Loaded.PROBLEM;
        if (problem == null) {
            return Optional.empty();
        }
        String platform = platform();
        return Optional.of("FFmpeg is not on the class path: reason=" + problem + "; add org.bytedeco:ffmpeg:" + VERSION
                + " and the natives of this machine, org.bytedeco:ffmpeg:" + VERSION + ":" + platform
                + " and org.bytedeco:javacpp:" + JAVACPP_VERSION + ":" + platform
                + ", or those of every platform, org.bytedeco:ffmpeg-platform:" + VERSION);
    }

    /**
     * Decodes a file: mp3, flac, ogg, m4a, webm and whatever else of the kind FFmpeg knows.
     *
     * @param file       the file
     * @param maxSamples samples of all channels together beyond which the audio is refused, {@code >= 1}
     * @return its audio at its own rate, channels interleaved
     * @throws AudioFormatException   if it is no audio, damaged from the start, or longer than {@code maxSamples}
     * @throws FfmpegMissingException if FFmpeg is not there
     * @throws IOException            if the file cannot be read
     */
    public static Pcm decode(Path file, long maxSamples) throws IOException {
        require();
        try (FileChannel channel = FileChannel.open(file)) {
            return Decoder.decode(new ByteSource.OfFile(channel), file.toString(), maxSamples);
        }
    }

    /**
     * Decodes a file that is already in memory.
     *
     * @param bytes      the content of the file; read only
     * @param maxSamples samples of all channels together beyond which the audio is refused, {@code >= 1}
     * @return its audio at its own rate, channels interleaved
     * @throws AudioFormatException   if it is no audio, damaged from the start, or longer than {@code maxSamples}
     * @throws FfmpegMissingException if FFmpeg is not there
     * @throws IOException            if FFmpeg fails
     */
    public static Pcm decode(byte[] bytes, long maxSamples) throws IOException {
        require();
        return Decoder.decode(new ByteSource.OfBytes(bytes), "bytes", maxSamples);
    }

    /**
     * Encodes mono audio as it comes, at {@link AudioCodec#defaultBitsPerSecond}.
     *
     * @param codec        what to write
     * @param sampleRateHz samples per second; a rate the codec does not know is resampled to the next one it does
     * @param out          receives the packets of each {@code write} before it returns, flushed; stays the caller's
     * @return the open sink; whoever called closes it, which ends the stream but leaves {@code out} open
     * @throws FfmpegMissingException if FFmpeg is not there
     * @throws IOException            if FFmpeg fails or the head of the stream cannot be written
     */
    public static AudioSink encode(AudioCodec codec, int sampleRateHz, OutputStream out) throws IOException {
        return encode(codec, sampleRateHz, codec.defaultBitsPerSecond(), out);
    }

    /**
     * Encodes mono audio as it comes.
     *
     * @param codec         what to write
     * @param sampleRateHz  samples per second; a rate the codec does not know is resampled to the next one it does
     * @param bitsPerSecond what the stream may take; ignored where nothing is lost
     * @param out           receives the packets of each {@code write} before it returns, flushed; stays the caller's
     * @return the open sink; whoever called closes it, which ends the stream but leaves {@code out} open
     * @throws FfmpegMissingException if FFmpeg is not there
     * @throws IOException            if FFmpeg fails or the head of the stream cannot be written
     */
    public static AudioSink encode(AudioCodec codec, int sampleRateHz, int bitsPerSecond, OutputStream out)
            throws IOException {
        require();
        return Encoder.open(EncoderSettings.of(codec, sampleRateHz, bitsPerSecond), sampleRateHz, out);
    }

    private static void require() throws FfmpegMissingException {
        Optional<String> missing = missing();
        if (missing.isPresent()) {
            throw new FfmpegMissingException(missing.get(), Loaded.PROBLEM);
        }
    }

    /** This machine in JavaCPP's words. */
    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String system = os.startsWith("windows") ? "windows" : os.startsWith("mac") ? "macosx" : "linux";
        return system + "-" + (arch.equals("aarch64") ? "arm64" : arch.equals("amd64") ? "x86_64" : arch);
    }
}
