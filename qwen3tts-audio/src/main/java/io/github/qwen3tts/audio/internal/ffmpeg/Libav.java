package io.github.qwen3tts.audio.internal.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_INFO;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_get_level;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_max_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swresample;
import org.bytedeco.javacpp.Loader;

/** FFmpeg's libraries, loaded and tamed. */
final class Libav {

    /** No header of a hostile file makes FFmpeg ask for more than this at once. */
    private static final long MAX_BLOCK_BYTES = 256L << 20;

    private static final String PHYSICAL_LIMIT = "org.bytedeco.javacpp.maxPhysicalBytes";
    private static final String PHYSICAL_LIMIT_TOO = "org.bytedeco.javacpp.maxphysicalbytes";

    private Libav() {}

    /** Loads the libraries; throws a {@link LinkageError} if they or their Java side are not there. */
    static void load() {
        // JavaCPP holds the memory of the whole process, a mapped model included, against the Java heap's size and
        // fails where that is exceeded. What is allocated here is small and freed by hand.
        if (System.getProperty(PHYSICAL_LIMIT) == null && System.getProperty(PHYSICAL_LIMIT_TOO) == null) {
            System.setProperty(PHYSICAL_LIMIT, "0");
        }
        Loader.load(avutil.class);
        Loader.load(swresample.class);
        Loader.load(avcodec.class);
        Loader.load(avformat.class);
        av_max_alloc(MAX_BLOCK_BYTES);
        if (av_log_get_level() == AV_LOG_INFO) { // its default: nobody has asked to see anything
            av_log_set_level(AV_LOG_QUIET);
        }
    }

    /** Throws if {@code result}, as FFmpeg's functions return it, is an error; returns it otherwise. */
    static int check(int result, String what) throws IOException {
        if (result < 0) {
            throw new IOException("FFmpeg cannot " + what + ": " + message(result));
        }
        return result;
    }

    static <T> T notNull(T pointer, String what) throws IOException {
        if (pointer == null) {
            throw new IOException("FFmpeg cannot " + what);
        }
        return pointer;
    }

    /** FFmpeg's own words for an error. */
    static String message(int error) {
        byte[] text = new byte[128];
        av_strerror(error, text, text.length);
        int length = 0;
        while (length < text.length && text[length] != 0) {
            length++;
        }
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }
}
