package io.github.qwen3tts.internal.safetensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Writes one file: first all names, types and shapes are declared, then {@link #create} writes the header, then each
 * tensor's bytes are written, in any order and from any thread.
 */
public final class SafetensorsWriter {

    private static final int ALIGNMENT = 64;

    private final ObjectNode header = new ObjectMapper().createObjectNode();
    private final Map<String, long[]> ranges = new LinkedHashMap<>();
    private long dataBytes;

    /**
     * An empty file with notes.
     *
     * @param metadata stored as {@code __metadata__}; may be empty
     */
    public SafetensorsWriter(Map<String, String> metadata) {
        if (!metadata.isEmpty()) {
            ObjectNode notes = header.putObject("__metadata__");
            metadata.forEach(notes::put);
        }
    }

    /**
     * Declares the next tensor.
     *
     * @param name  unique in this file
     * @param type  element type
     * @param shape row-major
     * @return this writer
     */
    public SafetensorsWriter declare(String name, DataType type, List<Long> shape) {
        if (header.has(name)) {
            throw new IllegalArgumentException("tensor is declared twice: tensor=" + name);
        }
        long bytes = type.bytes();
        ObjectNode entry = header.putObject(name);
        entry.put("dtype", type.name());
        for (long dim : shape) {
            bytes = Math.multiplyExact(bytes, dim);
            entry.withArray("shape").add(dim);
        }
        entry.withArray("shape");
        entry.withArray("data_offsets").add(dataBytes).add(dataBytes + bytes);
        ranges.put(name, new long[] {dataBytes, bytes});
        dataBytes += bytes;
        return this;
    }

    /**
     * Writes the header and opens the file for the data; an existing file is replaced.
     *
     * @param file the file
     * @return takes the tensors' bytes
     * @throws IOException if the file cannot be written
     */
    public Output create(Path file) throws IOException {
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        int padded = (8 + json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; // data starts aligned
        ByteBuffer start = ByteBuffer.allocate(padded).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(padded - 8).put(json);
        while (start.hasRemaining()) {
            start.put((byte) ' ');
        }
        FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        try {
            writeFully(channel, start.flip(), 0);
            if (dataBytes > 0) { // a tensor that is never written must not look like a truncated file
                writeFully(channel, ByteBuffer.allocate(1), padded + dataBytes - 1);
            }
            return new Output(channel, padded, Map.copyOf(ranges));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        long next = at;
        while (bytes.hasRemaining()) {
            next += channel.write(bytes, next);
        }
    }

    /** The open file. Any number of threads may write different tensors at once. */
    public static final class Output implements AutoCloseable {

        private final FileChannel channel;
        private final long dataStart;
        private final Map<String, long[]> ranges;

        private Output(FileChannel channel, long dataStart, Map<String, long[]> ranges) {
            this.channel = channel;
            this.dataStart = dataStart;
            this.ranges = ranges;
        }

        /**
         * Writes a whole tensor.
         *
         * @param name a declared one
         * @param data all its bytes, little endian; consumed
         * @throws IOException if they cannot be written
         */
        public void write(String name, ByteBuffer data) throws IOException {
            long bytes = Objects.requireNonNull(ranges.get(name), name)[1];
            if (data.remaining() != bytes) {
                throw new IllegalArgumentException(
                        "wrong size: tensor=" + name + ", expected=" + bytes + ", actual=" + data.remaining());
            }
            write(name, 0, data);
        }

        /**
         * Writes a part of a tensor.
         *
         * @param name   a declared one
         * @param offset of the part, in bytes from the tensor's start
         * @param data   the part's bytes, little endian; consumed
         * @throws IOException if they cannot be written
         */
        public void write(String name, long offset, ByteBuffer data) throws IOException {
            long[] range = Objects.requireNonNull(ranges.get(name), name);
            if (offset < 0 || offset + data.remaining() > range[1]) {
                throw new IllegalArgumentException("part lies outside its tensor: tensor=" + name + ", offset=" + offset
                        + ", bytes=" + data.remaining() + ", tensorBytes=" + range[1]);
            }
            writeFully(channel, data, dataStart + range[0] + offset);
        }

        /**
         * Forces the bytes to the disk and closes the file.
         *
         * @throws IOException if that fails
         */
        @Override
        public void close() throws IOException {
            try (channel) {
                if (channel.isOpen()) {
                    channel.force(true);
                }
            }
        }
    }
}
