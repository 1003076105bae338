package io.github.qwen3tts.internal.quantize;

import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.Progress;
import io.github.qwen3tts.internal.ProgressTask;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.safetensors.DataType;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.SafetensorsWriter;
import io.github.qwen3tts.internal.safetensors.TensorInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * The cache file of a checkpoint's quantised matrices: a safetensors file that is made at first load, mapped later, and
 * made again if it is damaged or was made for anything else. Safe with several processes at once.
 *
 * <p>For each {@link PackedMatrix} it holds {@code NAME.values}, U8 {@code [rows, blocks, bytes]}, and {@code
 * NAME.scales}, F32 {@code [rows, blocks]}, see {@link BlockFormat}; for each {@link ConvolutionMatrix} {@code
 * PATH.values}, I8 {@code [rows, columns]}, and {@code PATH.scales}, F32 {@code [columns]}. {@code checksums}, I64, holds the CRC-32C of every
 * tensor before it, in the order of the header. The metadata's {@code key} says what the file was made for.
 */
public final class QuantizedWeights {

    private static final System.Logger LOG = System.getLogger(QuantizedWeights.class.getName());

    /** Part of the key: raise it when the same input would give other bytes. */
    private static final String FORMAT_VERSION = "1";

    private static final String KEY = "key";
    private static final String CHECKSUMS = "checksums";

    private QuantizedWeights() {}

    /**
     * Opens the cache file of some matrices, making it first if need be.
     *
     * @param cache      directory of cache files, created if missing
     * @param checkpoint the file is made for
     * @param weights    of the checkpoint: the part to take the matrices from
     * @param matrices   what the file has to hold
     * @param progress   is told if the file has to be made
     * @return the quantised tensors
     * @throws ModelLoadException if they can neither be read nor made
     */
    public static Safetensors openOrMake(
            Path cache,
            Checkpoint checkpoint,
            Safetensors weights,
            List<? extends QuantizedMatrix> matrices,
            Consumer<Progress> progress) {
        String key = key(checkpoint, matrices);
        Path file = cache.resolve(key.substring(0, 32) + ".safetensors");
        try {
            Optional<Safetensors> known = open(file, key, matrices);
            return known.isPresent() ? known.get() : makeAlone(file, key, weights, matrices, progress);
        } catch (IOException e) {
            throw new ModelLoadException(
                    "cannot make the cache of quantised weights: file=" + file + ": " + e.getMessage()
                            + "; choose another cache directory, or precision fp32",
                    e);
        }
    }

    private static String key(Checkpoint checkpoint, List<? extends QuantizedMatrix> matrices) {
        String made = FORMAT_VERSION + '\n' + checkpoint.hash() + '\n' + matrices;
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(made.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** The file if it is whole and was made for this key. */
    private static Optional<Safetensors> open(Path file, String key, List<? extends QuantizedMatrix> matrices) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Safetensors cached = Safetensors.open(file);
            if (key.equals(cached.metadata().get(KEY))
                    && holds(cached, matrices)
                    && checksums(cached).equals(Safetensors.map(cached.get(CHECKSUMS)))) {
                return Optional.of(cached);
            }
            LOG.log(System.Logger.Level.WARNING, "cache of quantised weights is damaged and made again: {0}", file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cache of quantised weights is damaged and made again: " + file, e);
        }
        return Optional.empty();
    }

    /** The checksums know the tensors' bytes, but not their names, types and shapes. */
    private static boolean holds(Safetensors cached, List<? extends QuantizedMatrix> matrices) {
        return matrices.stream()
                .allMatch(matrix -> holds(cached, matrix.values(), matrix.valuesType(), matrix.valuesShape())
                        && holds(cached, matrix.scales(), DataType.F32, matrix.scalesShape()));
    }

    private static boolean holds(Safetensors cached, String name, DataType type, List<Long> shape) {
        return cached.find(name)
                .filter(tensor -> tensor.type() == type && tensor.shape().equals(shape))
                .isPresent();
    }

    /** As they are stored: little-endian, in the order of the header. Reads rather than maps: nothing stays resident. */
    private static ByteBuffer checksums(Safetensors file) throws IOException {
        List<String> names = new ArrayList<>(file.names());
        names.remove(CHECKSUMS);
        ByteBuffer sums = ByteBuffer.allocate(names.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        Queue<ByteBuffer> pieces =
                new ConcurrentLinkedQueue<>(); // one a thread: memory of this kind is not given back soon
        try (FileChannel channel = FileChannel.open(file.source(), StandardOpenOption.READ)) {
            IntStream.range(0, names.size()).parallel().forEach(i -> {
                ByteBuffer piece =
                        Objects.requireNonNullElseGet(pieces.poll(), () -> ByteBuffer.allocateDirect(1 << 20));
                TensorInfo tensor = file.find(names.get(i)).orElseThrow();
                sums.putLong(i * Long.BYTES, checksum(channel, tensor, piece));
                pieces.add(piece);
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return sums;
    }

    private static long checksum(FileChannel channel, TensorInfo tensor, ByteBuffer piece) {
        CRC32C crc = new CRC32C();
        try {
            for (long done = 0; done < tensor.bytes(); ) {
                piece.clear().limit((int) Math.min(piece.capacity(), tensor.bytes() - done));
                int read = channel.read(piece, tensor.offset() + done);
                if (read < 0) {
                    throw new IOException("file ended early: " + tensor);
                }
                crc.update(piece.flip());
                done += read;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return crc.getValue();
    }

    /** One process makes the file, others wait for it. */
    private static Safetensors makeAlone(
            Path file,
            String key,
            Safetensors weights,
            List<? extends QuantizedMatrix> matrices,
            Consumer<Progress> progress)
            throws IOException {
        Files.createDirectories(file.getParent());
        Path lock = file.resolveSibling(file.getFileName() + ".lock");
        synchronized (QuantizedWeights.class) { // a process may hold a file lock only once
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock held = channel.lock()) {
                Optional<Safetensors> meanwhile = held.isValid() ? open(file, key, matrices) : Optional.empty();
                if (meanwhile.isPresent()) {
                    return meanwhile.get();
                }
                long began = System.nanoTime();
                Path making = Files.createTempFile(file.getParent(), "making", ".tmp");
                try {
                    make(
                            making,
                            key,
                            weights,
                            matrices,
                            new ProgressTask(
                                    progress, "quantise weights", file.getParent(), 0, matrices.size(), "matrices"));
                    Files.move(making, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                } finally {
                    Files.deleteIfExists(making);
                }
                LOG.log(
                        System.Logger.Level.INFO,
                        "quantised weights made: file={0}, MB={1}, seconds={2}",
                        file,
                        Files.size(file) / 1_000_000,
                        (System.nanoTime() - began) / 1_000_000_000);
                return Safetensors.open(file);
            }
        }
    }

    private static void make(
            Path file, String key, Safetensors weights, List<? extends QuantizedMatrix> matrices, ProgressTask progress)
            throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter(Map.of(KEY, key, "format_version", FORMAT_VERSION));
        for (QuantizedMatrix matrix : matrices) {
            writer.declare(matrix.values(), matrix.valuesType(), matrix.valuesShape());
            writer.declare(matrix.scales(), DataType.F32, matrix.scalesShape());
        }
        writer.declare(CHECKSUMS, DataType.I64, List.of(2L * matrices.size()));
        try (SafetensorsWriter.Output out = writer.create(file)) {
            for (QuantizedMatrix matrix : matrices) {
                matrix.quantize(weights, out);
                progress.advance();
            }
            out.write(CHECKSUMS, checksums(Safetensors.open(file)));
        }
    }
}
