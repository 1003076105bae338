package io.github.qwen3tts.audio.internal.wav;

import io.github.qwen3tts.audio.AudioFormatException;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.internal.Pcm16;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads WAV: 8, 16, 24 and 32-bit integers, 32 and 64-bit floats, plain or WAVE_FORMAT_EXTENSIBLE, any number of
 * channels, also RF64 and streams whose header does not know the length. Integers are divided by
 * {@code 2^(bits - 1)}. Chunks it does not know are skipped. It reads forward only and keeps no more memory than the
 * samples that are really there take.
 */
public final class WavReader {

    /** The lowest rate taken for meant, in hertz. */
    public static final int MIN_SAMPLE_RATE_HZ = 1_000;

    /** The highest rate taken for meant, in hertz. */
    public static final int MAX_SAMPLE_RATE_HZ = 768_000;

    private static final int BLOCK_BYTES = 1 << 16;
    private static final int MAX_SAMPLES = Integer.MAX_VALUE - 8;
    private static final long UNKNOWN_SIZE = 0xffff_ffffL;
    /** From here on a size may be the placeholder of a program that could not seek back. */
    private static final long PLACEHOLDER_SIZES = 0x7fff_f000L;

    private static final long UNTIL_THE_END = Long.MAX_VALUE;

    private static final int FORMAT_BYTES = 16;
    private static final int EXTENSIBLE_BYTES = 40;
    private static final int INTEGER_TAG = 1;
    private static final int FLOAT_TAG = 3;
    private static final int EXTENSIBLE_TAG = 0xfffe;
    private static final int SUBFORMAT_AT = 24;
    private static final int DS64_BYTES = 24;
    /** What follows the format tag in the sub-format identifier of every WAVE_FORMAT_EXTENSIBLE this reads. */
    private static final byte[] SUBFORMAT_TAIL = {
        0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xaa, 0, 0x38, (byte) 0x9b, 0x71
    };

    private final InputStream in;
    private final String source;
    private final long sizeHint; // bytes the input probably holds
    private long position;

    private WavReader(InputStream in, String source, long sizeHint) {
        this.in = in;
        this.source = source;
        this.sizeHint = sizeHint;
    }

    /**
     * Reads a file.
     *
     * @param file the file
     * @return its audio, channels interleaved
     * @throws AudioFormatException if it is no WAV file this reader knows, or a damaged one
     * @throws IOException          if the file cannot be read
     */
    public static Pcm read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new WavReader(in, file.toString(), Files.size(file)).read();
        }
    }

    /**
     * Reads a file that is already in memory.
     *
     * @param bytes the content of the file; read only
     * @return its audio, channels interleaved
     * @throws AudioFormatException if it is no WAV file this reader knows, or a damaged one
     */
    public static Pcm read(byte[] bytes) throws AudioFormatException {
        try {
            return new WavReader(new ByteArrayInputStream(bytes), "bytes", bytes.length).read();
        } catch (AudioFormatException e) {
            throw e;
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory cannot fail", e);
        }
    }

    /**
     * Reads up to the end of the audio, which stays the caller's to close.
     *
     * @param in the stream
     * @return its audio, channels interleaved
     * @throws AudioFormatException if it is no WAV file this reader knows, or a damaged one
     * @throws IOException          if the stream cannot be read
     */
    public static Pcm read(InputStream in) throws IOException {
        return new WavReader(in, "stream", 0).read();
    }

    private Pcm read() throws IOException {
        ByteBuffer riff = bytes(12, "a RIFF header");
        String magic = id(riff);
        long riffEnd = 8 + Integer.toUnsignedLong(riff.getInt());
        if (!magic.equals("RIFF") && !magic.equals("RF64") && !magic.equals("BW64")) {
            throw wrong("not a WAV file", "RIFF", magic);
        }
        String form = id(riff);
        if (!form.equals("WAVE")) {
            throw wrong("not a WAV file", "WAVE", form);
        }
        Layout layout = null;
        long size64 = UNTIL_THE_END;
        while (true) {
            ByteBuffer head = bytes(8, layout == null ? "a \"fmt \" chunk" : "a \"data\" chunk");
            String chunk = id(head);
            long size = Integer.toUnsignedLong(head.getInt());
            long next = position + size + (size & 1);
            switch (chunk) {
                case "ds64" -> size64 = dataSize64(size);
                case "fmt " -> layout = layout(size);
                case "data" -> {
                    if (layout == null) {
                        throw wrong("WAV chunks are out of order", "a \"fmt \" chunk before \"data\"", chunk);
                    }
                    boolean othersFollow = riffEnd >= position + 8 && riffEnd != 8 + UNKNOWN_SIZE;
                    if (size == UNKNOWN_SIZE) {
                        size = size64;
                    } else if (size == 0 && !othersFollow) {
                        size = UNTIL_THE_END;
                    }
                    return new Pcm(samples(layout, size), layout.channels, layout.sampleRateHz);
                }
                default -> {}
            }
            skipTo(next);
        }
    }

    private long dataSize64(long chunkSize) throws IOException {
        if (chunkSize < DS64_BYTES) {
            throw wrong("WAV chunk \"ds64\" is too short", ">= " + DS64_BYTES + " bytes", chunkSize + " bytes");
        }
        ByteBuffer sizes = bytes(DS64_BYTES, "a \"ds64\" chunk");
        long size = sizes.getLong(8);
        return size < 0 ? UNTIL_THE_END : size;
    }

    // How the bytes of the "data" chunk are to be read.
    private record Layout(Sample sample, int channels, int sampleRateHz) {

        int frameBytes() {
            return channels * sample.bytes;
        }
    }

    private enum Sample {
        UNSIGNED8(INTEGER_TAG, 1),
        INT16(INTEGER_TAG, 2),
        INT24(INTEGER_TAG, 3),
        INT32(INTEGER_TAG, 4),
        FLOAT32(FLOAT_TAG, 4),
        FLOAT64(FLOAT_TAG, 8);

        final int tag;
        final int bytes;

        Sample(int tag, int bytes) {
            this.tag = tag;
            this.bytes = bytes;
        }
    }

    private Layout layout(long chunkSize) throws IOException {
        if (chunkSize < FORMAT_BYTES) {
            throw wrong("WAV chunk \"fmt \" is too short", ">= " + FORMAT_BYTES + " bytes", chunkSize + " bytes");
        }
        ByteBuffer format = bytes((int) Math.min(chunkSize, EXTENSIBLE_BYTES), "a whole \"fmt \" chunk");
        int tag = Short.toUnsignedInt(format.getShort(0));
        int channels = Short.toUnsignedInt(format.getShort(2));
        long rate = Integer.toUnsignedLong(format.getInt(4));
        int frameBytes = Short.toUnsignedInt(format.getShort(12));
        int bits = Short.toUnsignedInt(format.getShort(14));
        if (tag == EXTENSIBLE_TAG) {
            if (format.limit() < EXTENSIBLE_BYTES || !hasKnownSubformat(format)) {
                throw wrong("WAV has an unknown extensible format", "sub-format PCM or IEEE float", hex(format));
            }
            tag = Short.toUnsignedInt(format.getShort(SUBFORMAT_AT));
        }
        Sample sample = sample(tag, bits);
        if (channels == 0 || frameBytes != channels * sample.bytes) {
            throw wrong(
                    "WAV frame size does not fit its channels",
                    "channels >= 1 of " + sample.bytes + " bytes",
                    "channels " + channels + ", frame of " + frameBytes + " bytes");
        }
        if (rate < MIN_SAMPLE_RATE_HZ || rate > MAX_SAMPLE_RATE_HZ) {
            throw wrong(
                    "WAV sample rate is out of range",
                    "[" + MIN_SAMPLE_RATE_HZ + ", " + MAX_SAMPLE_RATE_HZ + "] Hz",
                    rate + " Hz");
        }
        return new Layout(sample, channels, (int) rate);
    }

    private static boolean hasKnownSubformat(ByteBuffer format) {
        byte[] array = format.array();
        return Arrays.equals(array, SUBFORMAT_AT + 2, EXTENSIBLE_BYTES, SUBFORMAT_TAIL, 0, SUBFORMAT_TAIL.length);
    }

    private static String hex(ByteBuffer format) {
        StringBuilder text = new StringBuilder();
        for (int i = SUBFORMAT_AT; i < format.limit(); i++) {
            text.append(String.format("%02x", format.get(i)));
        }
        return text.isEmpty() ? "none" : text.toString();
    }

    private Sample sample(int tag, int bits) throws AudioFormatException {
        for (Sample sample : Sample.values()) {
            if (sample.tag == tag && sample.bytes * Byte.SIZE == bits) {
                return sample;
            }
        }
        throw wrong(
                "WAV encoding is not supported",
                "format 1 (integer) of 8, 16, 24 or 32 bits, or 3 (float) of 32 or 64 bits",
                "format " + tag + " of " + bits + " bits");
    }

    /** Reads {@code size} bytes of audio, or all there is if it is unknown. A last frame cut in two is left out. */
    private float[] samples(Layout layout, long size) throws IOException {
        boolean sizeIsMeant = size < PLACEHOLDER_SIZES || (size > UNKNOWN_SIZE && size < UNTIL_THE_END);
        int frameBytes = layout.frameBytes();
        int sampleBytes = layout.sample.bytes;
        byte[] block = new byte[Math.max(1, BLOCK_BYTES / frameBytes) * frameBytes];
        long likely = Math.min(size, Math.max(block.length, sizeHint - position));
        float[] samples = new float[(int) Math.min(likely / sampleBytes, MAX_SAMPLES)];
        int count = 0;
        long done = 0;
        while (done < size) {
            int wanted = (int) Math.min(block.length, size - done);
            int got = in.readNBytes(block, 0, wanted);
            done += got;
            int more = got / frameBytes * layout.channels;
            if (more > samples.length - count) {
                samples = grown(samples, count, more);
            }
            decode(layout.sample, block, more, samples, count);
            count += more;
            if (got < wanted) {
                if (sizeIsMeant) {
                    throw wrong("WAV audio is cut short", size + " bytes", done + " bytes");
                }
                break;
            }
        }
        return count == samples.length ? samples : Arrays.copyOf(samples, count);
    }

    private float[] grown(float[] samples, int count, int more) throws AudioFormatException {
        if (more > MAX_SAMPLES - count) {
            throw wrong("WAV is too long for one array", "<= " + MAX_SAMPLES + " samples", "more");
        }
        long doubled = Math.min(2L * samples.length, MAX_SAMPLES);
        return Arrays.copyOf(samples, (int) Math.max(doubled, count + more));
    }

    private void decode(Sample sample, byte[] bytes, int count, float[] out, int outFrom) throws AudioFormatException {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int end = outFrom + count;
        switch (sample) {
            case UNSIGNED8 -> {
                for (int o = outFrom; o < end; o++) {
                    out[o] = ((in.get() & 0xff) - 0x80) * 0x1p-7f;
                }
            }
            case INT16 -> Pcm16.decode(bytes, 0, count, out, outFrom);
            case INT24 -> {
                for (int o = outFrom; o < end; o++) {
                    out[o] = (in.get() & 0xff | (in.get() & 0xff) << 8 | in.get() << 16) * 0x1p-23f;
                }
            }
            case INT32 -> {
                for (int o = outFrom; o < end; o++) {
                    out[o] = in.getInt() * 0x1p-31f;
                }
            }
            case FLOAT32 -> {
                for (int o = outFrom; o < end; o++) {
                    out[o] = finite(in.getFloat());
                }
            }
            case FLOAT64 -> {
                for (int o = outFrom; o < end; o++) {
                    out[o] = finite((float) in.getDouble());
                }
            }
        }
    }

    private float finite(float value) throws AudioFormatException {
        if (Float.isFinite(value)) {
            return value;
        }
        throw wrong("WAV holds a sample that is no finite number", "finite floats", value);
    }

    /** The next bytes, little-endian; backed by an array of its own. */
    private ByteBuffer bytes(int count, String what) throws IOException {
        byte[] bytes = in.readNBytes(count);
        position += bytes.length;
        if (bytes.length < count) {
            throw wrong("WAV ends early", what, bytes.length + " bytes at byte " + (position - bytes.length));
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void skipTo(long target) throws IOException {
        byte[] scratch = new byte[(int) Math.min(BLOCK_BYTES, target - position)];
        while (position < target) {
            int got = in.readNBytes(scratch, 0, (int) Math.min(scratch.length, target - position));
            if (got == 0) {
                return; // the next read names what is missing
            }
            position += got;
        }
    }

    /** Four printable characters, as they go into a message. */
    private static String id(ByteBuffer in) {
        char[] id = new char[4];
        for (int i = 0; i < id.length; i++) {
            int c = in.get();
            id[i] = c >= ' ' && c <= '~' ? (char) c : '?';
        }
        return new String(id);
    }

    private AudioFormatException wrong(String problem, Object expected, Object actual) {
        return new AudioFormatException(problem, source, expected, actual);
    }
}
