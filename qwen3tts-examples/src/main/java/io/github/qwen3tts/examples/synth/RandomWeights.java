package io.github.qwen3tts.examples.synth;

import io.github.qwen3tts.safetensors.DataType;
import io.github.qwen3tts.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Writes tensors full of random numbers. Each number is a function of the seed, the tensor's name and the element's
 * index: threads and order do not matter, and no two tensors are alike.
 */
final class RandomWeights {

    private static final int CHUNK_ELEMENTS = 1 << 20;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L; // 2^64 / golden ratio

    /** Of the sum of four numbers of 16 bits each. */
    private static final double MEAN = 2 * 65535.0;

    private static final double DEVIATION = Math.sqrt((65536.0 * 65536.0 - 1) / 3);

    private final long seed;
    private final int threads;

    RandomWeights(long seed, int threads) {
        this.seed = seed;
        this.threads = threads;
    }

    private record Chunk(TensorSpec tensor, long from, int count) {}

    void write(List<TensorSpec> tensors, Path file) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter(Map.of("format", "pt"));
        List<Chunk> chunks = new ArrayList<>();
        for (TensorSpec tensor : tensors) {
            writer.declare(tensor.name(), tensor.type(), tensor.shape());
            for (long from = 0; from < tensor.elements(); from += CHUNK_ELEMENTS) {
                chunks.add(new Chunk(tensor, from, (int) Math.min(CHUNK_ELEMENTS, tensor.elements() - from)));
            }
        }
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (SafetensorsWriter.Output out = writer.create(file)) {
            AtomicInteger next = new AtomicInteger();
            Callable<Void> worker = () -> {
                ByteBuffer buffer =
                        ByteBuffer.allocateDirect(CHUNK_ELEMENTS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = next.getAndIncrement(); i < chunks.size(); i = next.getAndIncrement()) {
                    Chunk chunk = chunks.get(i);
                    TensorSpec tensor = chunk.tensor();
                    fill(buffer, chunk);
                    out.write(tensor.name(), chunk.from() * tensor.type().bytes(), buffer);
                }
                return null;
            };
            List<Future<Void>> workers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                workers.add(pool.submit(worker));
            }
            for (Future<Void> done : workers) {
                done.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("cannot write weights: file=" + file + ", failure=" + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while writing weights: file=" + file, e);
        } finally {
            pool.shutdownNow();
        }
    }

    private void fill(ByteBuffer buffer, Chunk chunk) {
        long tensorSeed = tensorSeed(chunk.tensor().name());
        Fill fill = chunk.tensor().fill();
        boolean bf16 = chunk.tensor().type() == DataType.BF16;
        buffer.clear();
        for (long index = chunk.from(), end = index + chunk.count(); index < end; index++) {
            float value = (float) fill.value(index, normal(mix(tensorSeed + index * GOLDEN)));
            if (bf16) {
                buffer.putShort(toBf16(value));
            } else {
                buffer.putFloat(value);
            }
        }
        buffer.flip();
    }

    private long tensorSeed(String name) {
        long hash = seed;
        for (int i = 0; i < name.length(); i++) {
            hash = mix(hash + GOLDEN + name.charAt(i));
        }
        return hash;
    }

    /** A sum of four uniform numbers: mean 0, deviation 1, at most 3.47. */
    private static double normal(long bits) {
        long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
        return (sum - MEAN) / DEVIATION;
    }

    /** The finalizer of SplitMix64: every input bit changes half of the output bits. */
    private static long mix(long z) {
        long a = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ a >>> 27) * 0x94D049BB133111EBL;
        return b ^ b >>> 31;
    }

    /** The upper half of the float, rounded to even. */
    private static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }
}
