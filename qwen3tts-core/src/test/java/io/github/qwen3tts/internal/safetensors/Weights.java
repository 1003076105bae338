package io.github.qwen3tts.internal.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Weights made up for a test: written to a file for the graph, kept as arrays for its twin. */
public final class Weights {

    private final Map<String, float[]> values = new LinkedHashMap<>();
    private final Map<String, List<Long>> shapes = new LinkedHashMap<>();
    private final Random random;

    /**
     * None yet.
     *
     * @param seed of the random ones
     */
    public Weights(long seed) {
        random = new Random(seed);
    }

    /**
     * Adds a tensor of given numbers.
     *
     * @param name  its name
     * @param data  row-major
     * @param shape its dimensions
     * @return this
     */
    public Weights put(String name, float[] data, long... shape) {
        values.put(name, data);
        shapes.put(name, Arrays.stream(shape).boxed().toList());
        return this;
    }

    /**
     * Adds a tensor of numbers in {@code [-1, 1)}.
     *
     * @param name  its name
     * @param shape its dimensions
     * @return this
     */
    public Weights random(String name, long... shape) {
        float[] data = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
        for (int i = 0; i < data.length; i++) {
            data[i] = 2 * random.nextFloat() - 1;
        }
        return put(name, data, shape);
    }

    /**
     * The numbers of a tensor.
     *
     * @param name its name
     * @return row-major
     */
    public float[] get(String name) {
        return values.get(name);
    }

    /**
     * Writes all tensors as 32-bit floats.
     *
     * @param file to write
     * @return the file, opened
     * @throws IOException if it cannot be written
     */
    public Safetensors write(Path file) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter(Map.of());
        shapes.forEach((name, shape) -> writer.declare(name, DataType.F32, shape));
        try (SafetensorsWriter.Output out = writer.create(file)) {
            for (Map.Entry<String, float[]> tensor : values.entrySet()) {
                ByteBuffer bytes =
                        ByteBuffer.allocate(4 * tensor.getValue().length).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(tensor.getValue());
                out.write(tensor.getKey(), bytes);
            }
        }
        return Safetensors.open(file);
    }
}
