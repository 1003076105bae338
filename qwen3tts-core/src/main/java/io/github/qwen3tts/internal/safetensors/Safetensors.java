package io.github.qwen3tts.internal.safetensors;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.qwen3tts.internal.json.JsonTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The tensors of one file, or of a sharded set behind its index. Opening reads the headers only; a tensor's bytes are
 * mapped when asked for and stay mapped until the buffer is collected. Immutable, for any number of threads.
 */
public final class Safetensors {

    /** No way out of the directory, on any system. */
    private static final Pattern SHARD_NAME = Pattern.compile("[\\w.-]+\\.safetensors");

    private final Path source;
    private final Map<String, TensorInfo> tensors;
    private final Map<String, String> metadata;

    private Safetensors(Path source, Map<String, TensorInfo> tensors, Map<String, String> metadata) {
        this.source = source;
        this.tensors = tensors;
        this.metadata = metadata;
    }

    /**
     * Opens one file.
     *
     * @param file the file
     * @return its tensors
     * @throws InvalidSafetensorsException if the file is not of the format, truncated or damaged
     * @throws IOException                 if it cannot be read
     */
    public static Safetensors open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            SafetensorsHeader header = SafetensorsHeader.read(channel, file);
            return new Safetensors(file, header.tensors(), header.metadata());
        }
    }

    /**
     * Opens {@code model.safetensors}, or the shards that {@code model.safetensors.index.json} lists.
     *
     * @param directory holds one or the other
     * @return all tensors
     * @throws InvalidSafetensorsException if a file or the index is damaged
     * @throws IOException                 if a file is missing or cannot be read
     */
    public static Safetensors openModel(Path directory) throws IOException {
        Path single = directory.resolve("model.safetensors");
        Path index = directory.resolve("model.safetensors.index.json");
        if (Files.exists(single) || !Files.exists(index)) {
            return open(single);
        }
        JsonNode weightMap = weightMap(index);
        Map<String, Safetensors> shards = new LinkedHashMap<>();
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : weightMap.properties()) {
            String shard = entry.getValue().asText();
            if (!SHARD_NAME.matcher(shard).matches()) {
                throw new InvalidSafetensorsException("shard is not a plain file name: file=" + index + ", tensor="
                        + entry.getKey() + ", shard=" + entry.getValue());
            }
            if (!shards.containsKey(shard)) {
                shards.put(shard, open(directory.resolve(shard)));
            }
            TensorInfo tensor = shards.get(shard).tensors.get(entry.getKey());
            if (tensor == null) {
                throw new InvalidSafetensorsException(
                        "shard lacks a tensor of the index: tensor=" + entry.getKey() + ", shard=" + shard);
            }
            tensors.put(entry.getKey(), tensor);
        }
        return new Safetensors(index, Collections.unmodifiableMap(tensors), Map.of());
    }

    private static JsonNode weightMap(Path index) throws IOException {
        try {
            JsonNode weightMap = JsonTree.read(Files.readAllBytes(index)).path("weight_map");
            if (!weightMap.isObject() || weightMap.isEmpty()) {
                throw new InvalidSafetensorsException("index has no weight_map: file=" + index);
            }
            return weightMap;
        } catch (JacksonException e) {
            throw new InvalidSafetensorsException(
                    "index is not valid JSON: file=" + index + ": " + e.getOriginalMessage(), e);
        }
    }

    /**
     * The file, or the index of the shards.
     *
     * @return where the tensors came from
     */
    public Path source() {
        return source;
    }

    /**
     * The file's own notes.
     *
     * @return {@code __metadata__}; empty if there is none
     */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * All names, in the order of the header.
     *
     * @return the names
     */
    public Set<String> names() {
        return tensors.keySet();
    }

    /**
     * Looks a tensor up.
     *
     * @param name as published
     * @return where it lies, or empty
     */
    public Optional<TensorInfo> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /**
     * A tensor that must be there.
     *
     * @param name as published
     * @return where it lies
     * @throws InvalidSafetensorsException if it is missing; the message lists the nearest names
     */
    public TensorInfo get(String name) throws InvalidSafetensorsException {
        TensorInfo tensor = tensors.get(name);
        if (tensor == null) {
            throw new InvalidSafetensorsException("tensor is missing: tensor=" + name + ", file=" + source
                    + ", tensors=" + tensors.size() + ", nearest=" + nearest(name));
        }
        return tensor;
    }

    private Set<String> nearest(String name) {
        TreeSet<String> sorted = new TreeSet<>(tensors.keySet());
        Set<String> near = new TreeSet<>();
        Optional.ofNullable(sorted.lower(name)).ifPresent(near::add);
        Optional.ofNullable(sorted.higher(name)).ifPresent(near::add);
        return near;
    }

    /**
     * Maps a tensor's bytes.
     *
     * @param tensor one of this file's; below 2 GiB
     * @return read only, little endian, from position 0 to the tensor's size
     * @throws IOException if the file cannot be mapped
     */
    public static ByteBuffer map(TensorInfo tensor) throws IOException {
        if (tensor.bytes() > Integer.MAX_VALUE) {
            throw new IOException("tensor is too large to map in one piece: " + tensor + ", bytes=" + tensor.bytes());
        }
        try (FileChannel channel = FileChannel.open(tensor.file(), StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, tensor.offset(), tensor.bytes())
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /**
     * Reads the start of a tensor into memory of its own, which what happens to the file later cannot touch.
     *
     * @param tensor one of this file's
     * @param bytes  how many at most
     * @return little endian, from position 0 to the lesser of {@code bytes} and the tensor's size
     * @throws IOException if it cannot be read
     */
    public static ByteBuffer read(TensorInfo tensor, int bytes) throws IOException {
        ByteBuffer start =
                ByteBuffer.allocate((int) Math.min(bytes, tensor.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(tensor.file(), StandardOpenOption.READ)) {
            while (start.hasRemaining()) {
                if (channel.read(start, tensor.offset() + start.position()) < 0) {
                    throw new InvalidSafetensorsException("file ended inside a tensor: " + tensor);
                }
            }
        }
        return start.flip();
    }

    /**
     * Reads a small tensor of floats whole.
     *
     * @param tensor of type F32 or BF16
     * @return its elements, row-major
     * @throws InvalidSafetensorsException if the type is another
     * @throws IOException                 if it cannot be read
     */
    public static float[] readFloats(TensorInfo tensor) throws IOException {
        ByteBuffer bytes = map(tensor);
        float[] floats = new float[Math.toIntExact(tensor.elements())];
        switch (tensor.type()) {
            case F32 -> bytes.asFloatBuffer().get(floats);
            case BF16 -> {
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = Float.intBitsToFloat(bytes.getShort() << 16);
                }
            }
            default ->
                throw new InvalidSafetensorsException(
                        "tensor must hold floats: expected=F32 or BF16, tensor=" + tensor);
        }
        return floats;
    }
}
