package io.github.qwen3tts.internal.runtime;

import io.github.qwen3tts.internal.onnx.OnnxModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Graphs as the runtime wrote them down after its optimisations, a folder each: the graph, and one file with its weights
 * and with what the kernels of this CPU made of them. The folder's name says for which graph, weight files,
 * runtime and CPU; it appears when it is whole. Safe with several threads and processes, of which the first one to
 * finish wins. Folders that nobody has used for a month go when another is made.
 */
final class PreparedGraphs {

    static final String GRAPH = "graph.onnx";
    static final String WEIGHTS = "weights.bin";

    private static final System.Logger LOG = System.getLogger(PreparedGraphs.class.getName());

    /** Part of the name: raise it when the same graph would be written down in another way. */
    private static final String FORMAT_VERSION = "2";

    /** What tells the kernels that fit a CPU, as far as Linux knows it. */
    private static final Set<String> PROCESSOR =
            Set.of("vendor_id", "cpu family", "model", "model name", "flags", "CPU part", "CPU variant", "Features");

    private static final String MAKING = "making";
    private static final Duration UNUSED = Duration.ofDays(30);
    private static final long RESERVE_BYTES = 1L << 30;
    private static final int COPIED_BYTES = 4 << 20; // at a time; a power of two
    private static final Duration ABANDONED = Duration.ofDays(1);

    private final Path directory;
    private final String machine;
    private final PreparationProgress progress;

    PreparedGraphs(Path directory, String runtimeVersion, String processor, PreparationProgress progress) {
        this.directory = directory;
        this.progress = progress;
        this.machine = FORMAT_VERSION + '\n' + runtimeVersion + '\n' + processor;
    }

    /** Writes a graph down in an empty folder, as {@link #GRAPH} and {@link #WEIGHTS}. */
    interface Maker {
        void make(Path folder) throws IOException;
    }

    Path directory() {
        return directory;
    }

    /** The file of the graph in prepared form. */
    Path findOrMake(OnnxModel model, Maker maker) throws IOException {
        Path folder = folder(model);
        boolean found = Files.isDirectory(folder);
        Runnable finished = progress.begin(model.name(), found);
        try {
            if (!found) {
                make(folder, model, maker);
            }
        } finally {
            finished.run();
        }
        Files.setLastModifiedTime(folder, FileTime.from(Instant.now()));
        return folder.resolve(GRAPH);
    }

    /** Has the graph made again the next time. */
    void forget(OnnxModel model) {
        try {
            delete(folder(model));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot delete a prepared graph: graph=" + model.name(), e);
        }
    }

    private Path folder(OnnxModel model) throws IOException {
        StringBuilder key = new StringBuilder(machine).append('\n').append(model.hash());
        for (Path file : model.weightFiles()) {
            key.append('\n').append(file.toRealPath());
            key.append(' ').append(Files.size(file)).append(' ').append(Files.getLastModifiedTime(file));
        }
        return directory.resolve(model.name() + "-" + sha256(key.toString()).substring(0, 32));
    }

    private void make(Path folder, OnnxModel model, Maker maker) throws IOException {
        Files.createDirectories(directory);
        deleteUnused();
        requireRoom(model);
        long began = System.nanoTime();
        Path making = Files.createTempDirectory(directory, MAKING);
        try {
            maker.make(making);
            writePastCache(making.resolve(WEIGHTS));
            long bytes = 0;
            for (Path file : files(making)) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true); // a folder that survives a power cut is whole
                    bytes += channel.size();
                }
            }
            try {
                Files.move(making, folder, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                if (!Files.isDirectory(folder)) { // else somebody was faster
                    throw e;
                }
            }
            LOG.log(
                    System.Logger.Level.INFO,
                    "graph prepared: graph={0}, MB={1}, seconds={2}, folder={3}",
                    model.name(),
                    bytes / 1_000_000,
                    (System.nanoTime() - began) / 1_000_000_000,
                    folder);
        } finally {
            delete(making);
        }
    }

    /**
     * Writes a file again past the system's cache, padded to whole blocks. What Linux reads from a disk lies in larger
     * pages than what was written a moment ago, and large matrices stream from those half again as fast. Leaves the file
     * as it is where that is not possible.
     */
    private static void writePastCache(Path file) throws IOException {
        int block = blockBytes(file);
        Optional<OpenOption> pastCache = pastCache();
        if (block == 0 || pastCache.isEmpty()) {
            return;
        }
        Path copy = file.resolveSibling(file.getFileName() + ".copy");
        ByteBuffer bytes = ByteBuffer.allocateDirect(COPIED_BYTES + block)
                .alignedSlice(block)
                .limit(COPIED_BYTES)
                .slice();
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(
                        copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, pastCache.get())) {
            while (in.position() < in.size()) {
                bytes.clear();
                while (bytes.hasRemaining() && in.read(bytes) >= 0) {} // full, but at the end
                while (bytes.position() % block != 0) {
                    bytes.put((byte) 0);
                }
                bytes.flip();
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
        } catch (UnsupportedOperationException | IOException e) { // memory file systems, macOS
            LOG.log(System.Logger.Level.DEBUG, "not written past the cache: file=" + file, e);
            Files.deleteIfExists(copy);
            return;
        }
        Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * The JDK's {@code ExtendedOpenOption.DIRECT}, by reflection, since newer compilers warn of it; empty in runtimes
     * without it.
     */
    private static Optional<OpenOption> pastCache() {
        try {
            Class<?> options = Class.forName("com.sun.nio.file.ExtendedOpenOption");
            return Stream.of(options.getEnumConstants())
                    .filter(option -> option.toString().equals("DIRECT"))
                    .map(OpenOption.class::cast)
                    .findFirst();
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    /** What a file system reads and writes at a time; 0 if it does not tell, or nothing that a buffer holds. */
    private static int blockBytes(Path file) throws IOException {
        try {
            long block = Files.getFileStore(file).getBlockSize();
            return block > 0 && COPIED_BYTES % block == 0 ? (int) block : 0;
        } catch (UnsupportedOperationException e) {
            return 0;
        }
    }

    /** Graphs may take no room that anything else needs. */
    private void requireRoom(OnnxModel model) throws IOException {
        long needed = RESERVE_BYTES;
        for (Path file : model.weightFiles()) {
            needed += 4 * Files.size(file); // as the graph has them, and as the kernels do; and a copy of that
        }
        long usable = Files.getFileStore(directory).getUsableSpace();
        if (usable < needed) {
            throw new IOException("too little room: usableBytes=" + usable + ", neededBytes=" + needed);
        }
    }

    private void deleteUnused() throws IOException {
        Instant now = Instant.now();
        for (Path folder : files(directory)) {
            boolean whole = !folder.getFileName().toString().startsWith(MAKING);
            try {
                FileTime used = Files.getLastModifiedTime(folder);
                if (used.toInstant().isBefore(now.minus(whole ? UNUSED : ABANDONED))) {
                    delete(folder);
                }
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "left to whoever uses it: {0}", folder);
            }
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            for (Path file : files(folder)) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }

    /** Which CPU this is; empty where Java cannot find out, as on macOS. */
    static Optional<String> processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return Optional.of(lines.filter(line -> PROCESSOR.contains(line.split(":", 2)[0].strip()))
                    .distinct()
                    .collect(Collectors.joining("\n")));
        } catch (IOException e) { // not Linux
            return Optional.ofNullable(System.getenv("PROCESSOR_IDENTIFIER")); // Windows
        }
    }

    private static String sha256(String text) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
