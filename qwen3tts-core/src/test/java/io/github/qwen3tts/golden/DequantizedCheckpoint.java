package io.github.qwen3tts.golden;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.CheckpointCopy;
import io.github.qwen3tts.internal.quantize.BlockFormat;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.TensorInfo;
import io.github.qwen3tts.internal.safetensors.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A mini checkpoint whose matrices are the numbers that a cache file of quantised weights stands for. */
final class DequantizedCheckpoint {

    private static final String VALUES = ".values";

    private DequantizedCheckpoint() {}

    /** Writes it; matrices that the cache file lacks stay as published. */
    static Checkpoint write(String name, Path cacheFile, Path directory) throws IOException {
        CheckpointCopy.of(name, directory);
        Safetensors published = Checkpoint.open(directory).weights();
        Map<String, float[]> changed = new LinkedHashMap<>();
        Safetensors cache = Safetensors.open(cacheFile);
        for (String values : cache.names()) {
            if (values.endsWith(VALUES)) {
                String matrix = values.substring(0, values.length() - VALUES.length());
                addParts(published, cache, matrix, changed);
            }
        }
        Weights all = new Weights(0);
        for (String tensor : published.names()) {
            TensorInfo info = published.get(tensor);
            float[] data = changed.containsKey(tensor) ? changed.remove(tensor) : Safetensors.readFloats(info);
            all.put(
                    tensor,
                    data,
                    info.shape().stream().mapToLong(Long::longValue).toArray());
        }
        if (!changed.isEmpty()) {
            throw new AssertionError("the cache has matrices that nobody published: " + changed.keySet());
        }
        Path file = directory.resolve("model.safetensors");
        Files.delete(file); // it is mapped
        all.write(file);
        return Checkpoint.open(directory);
    }

    /** {@code path.part+part}: the parts' rows lie one below the other. */
    private static void addParts(Safetensors published, Safetensors cache, String matrix, Map<String, float[]> to)
            throws IOException {
        ByteBuffer values = Safetensors.map(cache.get(matrix + VALUES));
        float[] scales = Safetensors.readFloats(cache.get(matrix + ".scales"));
        int blockBytes = Math.toIntExact(cache.get(matrix + VALUES).shape().get(2));
        int dot = matrix.lastIndexOf('.');
        int firstRow = 0;
        for (String part : matrix.substring(dot + 1).split("\\+")) {
            String name = matrix.substring(0, dot + 1) + part + ".weight";
            int rows = Math.toIntExact(published.get(name).shape().get(0));
            int columns = Math.toIntExact(published.get(name).shape().get(1));
            BlockFormat format =
                    blockBytes == BlockFormat.INT8.blockBytes(columns) ? BlockFormat.INT8 : BlockFormat.INT4;
            float[] numbers = new float[rows * columns];
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    int block = (firstRow + row) * format.blocks(columns) + column / format.blockSize(columns);
                    int inBlock = column % format.blockSize(columns);
                    numbers[row * columns + column] =
                            scales[block] * integer(format, values, block * blockBytes, inBlock);
                }
            }
            to.put(name, numbers);
            firstRow += rows;
        }
    }

    private static int integer(BlockFormat format, ByteBuffer values, int blockAt, int index) {
        return switch (format) {
            case INT8 -> Byte.toUnsignedInt(values.get(blockAt + index)) - 128;
            case INT4 -> (values.get(blockAt + index / 2) >> index % 2 * 4 & 15) - 8;
        };
    }
}
