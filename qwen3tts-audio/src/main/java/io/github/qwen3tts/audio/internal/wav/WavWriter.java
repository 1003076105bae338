package io.github.qwen3tts.audio.internal.wav;

import io.github.qwen3tts.audio.AudioSink;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.internal.Pcm16;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * Writes WAV as the audio comes. The header first says "until the end" (sizes of 0xFFFFFFFF), so that a stream can be
 * played while it is written and a file cut short by a crash still opens; {@link #close} puts the true sizes into a
 * file. A file that outgrows the 4 GiB of those sizes keeps the first header.
 */
public final class WavWriter implements AudioSink {

    private static final int HEADER_BYTES = 44;
    private static final int RIFF_SIZE_AT = 4;
    private static final int DATA_SIZE_AT = 40;
    private static final long UNTIL_THE_END = 0xffff_ffffL;
    private static final int BLOCK_BYTES = 1 << 14;

    private final WavFormat format;
    private final OutputStream out;
    private final FileChannel file; // opened and closed here; null where the stream is the caller's
    private final boolean seekable;
    private final byte[] block = new byte[BLOCK_BYTES];
    private long dataBytes;
    private boolean closed;

    private WavWriter(OutputStream out, FileChannel file, boolean seekable, WavFormat format) throws IOException {
        this.format = Objects.requireNonNull(format, "format");
        this.out = Objects.requireNonNull(out, "out");
        this.file = file;
        this.seekable = seekable;
        out.write(header(format, UNTIL_THE_END));
        out.flush();
    }

    /**
     * Creates a file, or replaces its content.
     *
     * @param path   where to write; what is no regular file, such as a named pipe, keeps the streaming header
     * @param format what to write
     * @return the open writer; whoever called closes it
     * @throws IOException if the file cannot be written
     */
    public static WavWriter create(Path path, WavFormat format) throws IOException {
        Objects.requireNonNull(format, "format");
        FileChannel file = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        try {
            return new WavWriter(Channels.newOutputStream(file), file, Files.isRegularFile(path), format);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Starts on a stream the caller opened and will close. Each {@code write} is flushed.
     *
     * @param out    receives the header at once, then the audio
     * @param format what to write
     * @return the open writer
     * @throws IOException if the header cannot be written
     */
    public static WavWriter stream(OutputStream out, WavFormat format) throws IOException {
        return new WavWriter(out, null, false, format);
    }

    /**
     * Writes a whole file.
     *
     * @param path     the file to create or replace
     * @param audio    its content
     * @param encoding how samples are stored
     * @throws IOException if the file cannot be written
     */
    public static void write(Path path, Pcm audio, WavEncoding encoding) throws IOException {
        try (WavWriter writer = create(path, new WavFormat(audio.sampleRateHz(), audio.channels(), encoding))) {
            writer.write(audio.samples());
        }
    }

    /**
     * A whole WAV file in memory.
     *
     * @param audio    its content, less than 2 GiB once encoded
     * @param encoding how samples are stored
     * @return the bytes of the file, sizes filled in
     */
    public static byte[] toBytes(Pcm audio, WavEncoding encoding) {
        WavFormat format = new WavFormat(audio.sampleRateHz(), audio.channels(), encoding);
        int count = audio.samples().length;
        int dataBytes = Math.multiplyExact(count, encoding.bytes());
        byte[] bytes = new byte[Math.addExact(HEADER_BYTES, dataBytes)];
        System.arraycopy(header(format, dataBytes), 0, bytes, 0, HEADER_BYTES);
        encode(encoding, audio.samples(), 0, count, bytes, HEADER_BYTES);
        return bytes;
    }

    @Override
    public void write(float[] samples, int from, int count) throws IOException {
        Objects.checkFromIndexSize(from, count, samples.length);
        if (closed) {
            throw new IOException("WAV writer is closed: samples=" + count);
        }
        if (count % format.channels() != 0) {
            throw new IllegalArgumentException(
                    "write takes whole frames: samples=" + count + ", channels=" + format.channels());
        }
        int end = from + count;
        int sampleBytes = format.encoding().bytes();
        int blockSamples = BLOCK_BYTES / sampleBytes;
        for (int i = from; i < end; i += blockSamples) {
            int size = Math.min(blockSamples, end - i);
            encode(format.encoding(), samples, i, size, block, 0);
            out.write(block, 0, size * sampleBytes);
            dataBytes += (long) size * sampleBytes;
        }
        out.flush();
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        if (file == null) {
            out.flush();
            return;
        }
        try (file) {
            if (seekable && HEADER_BYTES + dataBytes < UNTIL_THE_END) {
                file.write(littleEndian(riffSize(dataBytes)), RIFF_SIZE_AT);
                file.write(littleEndian((int) dataBytes), DATA_SIZE_AT);
            }
        }
    }

    private static void encode(WavEncoding encoding, float[] samples, int from, int count, byte[] out, int outFrom) {
        switch (encoding) {
            case PCM16 -> Pcm16.encode(samples, from, count, out, outFrom);
            case FLOAT32 ->
                ByteBuffer.wrap(out, outFrom, count * Float.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer()
                        .put(samples, from, count);
        }
    }

    /** RIFF, a "fmt " chunk of 16 bytes and the head of the "data" chunk. */
    private static byte[] header(WavFormat format, long dataBytes) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.put(ascii("RIFF")).putInt(riffSize(dataBytes)).put(ascii("WAVE"));
        header.put(ascii("fmt "))
                .putInt(16)
                .putShort((short) format.encoding().formatTag())
                .putShort((short) format.channels())
                .putInt(format.sampleRateHz())
                .putInt(format.sampleRateHz() * format.frameBytes())
                .putShort((short) format.frameBytes())
                .putShort((short) (format.encoding().bytes() * Byte.SIZE));
        header.put(ascii("data")).putInt((int) dataBytes);
        return header.array();
    }

    private static int riffSize(long dataBytes) {
        return (int) Math.min(UNTIL_THE_END, HEADER_BYTES - 8 + dataBytes);
    }

    private static ByteBuffer littleEndian(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .flip();
    }

    private static byte[] ascii(String id) {
        return id.getBytes(StandardCharsets.US_ASCII);
    }
}
