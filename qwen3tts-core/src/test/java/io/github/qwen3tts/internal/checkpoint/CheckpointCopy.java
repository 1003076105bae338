package io.github.qwen3tts.internal.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A mini checkpoint in a directory of its own, to be damaged. */
public final class CheckpointCopy {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path source;
    private final Path directory;

    private CheckpointCopy(Path source, Path directory) {
        this.source = source;
        this.directory = directory;
    }

    /**
     * Copies a mini checkpoint.
     *
     * @param name      one of the golden checkpoints
     * @param directory where to
     * @return the copy
     * @throws IOException if it cannot be copied
     */
    public static CheckpointCopy of(String name, Path directory) throws IOException {
        CheckpointCopy copy = new CheckpointCopy(GoldenFiles.path("checkpoints/" + name), directory);
        Files.createDirectories(directory.resolve("speech_tokenizer"));
        for (String file : copy.files()) {
            copy.restore(file);
        }
        return copy;
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(source)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> source.relativize(file).toString())
                    .toList();
        }
    }

    /**
     * Where the copy is.
     *
     * @return its directory
     */
    public Path directory() {
        return directory;
    }

    /**
     * Makes a file what it was.
     *
     * @param file below the directory
     * @throws IOException if it cannot be copied
     */
    public void restore(String file) throws IOException {
        Files.write(directory.resolve(file), Files.readAllBytes(source.resolve(file)));
    }

    /**
     * Changes a JSON file.
     *
     * @param file   below the directory
     * @param change to be made
     * @throws IOException if it cannot be read or written
     */
    public void json(String file, Consumer<ObjectNode> change) throws IOException {
        Path path = directory.resolve(file);
        ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(path));
        change.accept(json);
        Files.write(path, JSON.writeValueAsBytes(json));
    }

    /**
     * Makes the header of a safetensors file what it was but for one change; its data stay.
     *
     * @param file   below the directory
     * @param change to be made to the entries, of a few characters at most
     * @throws IOException if it cannot be read or written
     */
    public void header(String file, Consumer<ObjectNode> change) throws IOException {
        byte[] header;
        try (DataInputStream in = new DataInputStream(Files.newInputStream(source.resolve(file)))) {
            header = in.readNBytes(Math.toIntExact(Long.reverseBytes(in.readLong())));
        }
        ObjectNode entries = (ObjectNode) JSON.readTree(header);
        entries.remove("__metadata__"); // makes room
        change.accept(entries);
        byte[] changed = JSON.writeValueAsBytes(entries);
        Arrays.fill(header, (byte) ' ');
        System.arraycopy(changed, 0, header, 0, changed.length);
        try (FileChannel channel = FileChannel.open(directory.resolve(file), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(header), Long.BYTES);
        }
    }
}
