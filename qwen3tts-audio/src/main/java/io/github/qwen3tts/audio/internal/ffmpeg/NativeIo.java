package io.github.qwen3tts.audio.internal.ffmpeg;

import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_FORCE;
import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_SIZE;
import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EXTERNAL;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.ffmpeg.avformat.Write_packet_Pointer_BytePointer_int;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Lets FFmpeg read a {@link ByteSource} or write an {@link OutputStream}. JavaCPP makes only a handful of native
 * functions per callback class, so one of each serves all streams and finds its stream by number. For one thread at a
 * time.
 */
final class NativeIo implements AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 15;
    private static final int SEEK_FROM_START = 0;
    private static final int SEEK_FROM_HERE = 1;
    private static final int SEEK_FROM_END = 2;

    private static final Map<Long, NativeIo> OPEN = new ConcurrentHashMap<>();
    private static final AtomicLong NEXT_NUMBER = new AtomicLong(1);
    private static final Reader READER = new Reader();
    private static final Seeker SEEKER = new Seeker();
    private static final Writer WRITER = new Writer();

    private final long number = NEXT_NUMBER.getAndIncrement();
    private final ByteSource source; // null: this one writes
    private final OutputStream out; // null: this one reads
    private final AVIOContext context;
    private long position;
    private Throwable failure;
    private boolean closed;

    private NativeIo(ByteSource source, OutputStream out) throws IOException {
        this.source = source;
        this.out = out;
        Pointer buffer = Libav.notNull(av_malloc(BUFFER_BYTES), "allocate a buffer");
        boolean reads = source != null;
        AVIOContext made = avio_alloc_context(
                new BytePointer(buffer),
                BUFFER_BYTES,
                reads ? 0 : 1,
                new StreamNumber(number),
                reads ? READER : null,
                reads ? null : WRITER,
                reads ? SEEKER : null);
        if (made == null) {
            av_free(buffer);
        }
        this.context = Libav.notNull(made, "allocate an input or output");
        OPEN.put(number, this);
    }

    static NativeIo reading(ByteSource source) throws IOException {
        return new NativeIo(source, null);
    }

    static NativeIo writing(OutputStream out) throws IOException {
        return new NativeIo(null, out);
    }

    AVIOContext context() {
        return context;
    }

    /** Throws what reading or writing failed with, if it did: FFmpeg itself only knows that it did. */
    void rethrow() throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure != null) {
            throw new IOException("cannot read or write audio: " + failure, failure);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            OPEN.remove(number);
            av_free(context.buffer()); // FFmpeg may have replaced the first one
            avio_context_free(context);
        }
    }

    private int read(BytePointer target, int size) throws IOException {
        int count = source.read(position, target.capacity(size).asByteBuffer());
        if (count <= 0) {
            return AVERROR_EOF;
        }
        position += count;
        return count;
    }

    private long seek(long offset, int whence) throws IOException {
        if ((whence & AVSEEK_SIZE) != 0) {
            return source.size();
        }
        long target = switch (whence & ~AVSEEK_FORCE) {
            case SEEK_FROM_START -> offset;
            case SEEK_FROM_HERE -> position + offset;
            case SEEK_FROM_END -> source.size() + offset;
            default -> -1;
        };
        if (target < 0) {
            return AVERROR_EXTERNAL;
        }
        position = target;
        return target;
    }

    private int write(BytePointer bytes, int size) throws IOException {
        byte[] block = new byte[size];
        bytes.capacity(size).get(block);
        out.write(block, 0, size);
        return size;
    }

    private int failed(Throwable e) {
        if (failure == null) {
            failure = e;
        }
        return AVERROR_EXTERNAL;
    }

    /** A number that travels through native code as an address nobody follows. */
    private static final class StreamNumber extends Pointer {
        StreamNumber(long number) {
            address = number;
        }
    }

    // No exception may cross native frames, whatever it is: each callback keeps it for rethrow().

    private static final class Reader extends Read_packet_Pointer_BytePointer_int {
        @Override
        public int call(Pointer number, BytePointer target, int size) {
            NativeIo io = OPEN.get(number.address());
            try {
                return io.read(target, size);
            } catch (IOException | RuntimeException | Error e) {
                return io.failed(e);
            }
        }
    }

    private static final class Seeker extends Seek_Pointer_long_int {
        @Override
        public long call(Pointer number, long offset, int whence) {
            NativeIo io = OPEN.get(number.address());
            try {
                return io.seek(offset, whence);
            } catch (IOException | RuntimeException | Error e) {
                return io.failed(e);
            }
        }
    }

    private static final class Writer extends Write_packet_Pointer_BytePointer_int {
        @Override
        public int call(Pointer number, BytePointer bytes, int size) {
            NativeIo io = OPEN.get(number.address());
            try {
                return io.write(bytes, size);
            } catch (IOException | RuntimeException | Error e) {
                return io.failed(e);
            }
        }
    }
}
