package io.github.qwen3tts.bench.synth;

import io.github.qwen3tts.internal.safetensors.DataType;
import io.github.qwen3tts.internal.safetensors.SafetensorsWriter;
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

    /** Of the sum of four uniform numbers of 16 bits each. */
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
                Scratch scratch = new Scratch();
                for (int i = next.getAndIncrement(); i < chunks.size(); i = next.getAndIncrement()) {
                    Chunk chunk = chunks.get(i);
                    TensorSpec tensor = chunk.tensor();
                    fill(scratch.values, chunk);
                    out.write(
                            tensor.name(),
                            chunk.from() * tensor.type().bytes(),
                            tensor.type() == DataType.BF16 ? scratch.bf16(chunk.count()) : scratch.f32(chunk.count()));
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

    private void fill(float[] values, Chunk chunk) {
        Fill fill = chunk.tensor().fill();
        long tensorSeed = tensorSeed(chunk.tensor().name());
        float scale = (float) (fill.deviation() / DEVIATION);
        float offset = (float) (fill.mean() - MEAN * fill.deviation() / DEVIATION);
        for (int i = 0; i < chunk.count(); i++) {
            values[i] = offset + scale * sum(mix(tensorSeed + (chunk.from() + i) * GOLDEN));
        }
        long rowFrom = Math.max(fill.rowFrom(), chunk.from());
        long rowTo = Math.min(fill.rowTo(), chunk.from() + chunk.count());
        for (long index = rowFrom; index < rowTo; index++) {
            values[(int) (index - chunk.from())] += (float) (fill.rowMean() - fill.mean());
        }
    }

    private long tensorSeed(String name) {
        long hash = seed;
        for (int i = 0; i < name.length(); i++) {
            hash = mix(hash + GOLDEN + name.charAt(i));
        }
        return hash;
    }

    /** Four uniform numbers of 16 bits each, whose sum is near a normal distribution. */
    private static int sum(long bits) {
        return (int) ((bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48));
    }

    /** The finalizer of SplitMix64: every input bit changes half of the output bits. */
    private static long mix(long z) {
        long a = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ a >>> 27) * 0x94D049BB133111EBL;
        return b ^ b >>> 31;
    }

    /** What one thread works with. */
    private static final class Scratch {

        private final float[] values = new float[CHUNK_ELEMENTS];
        private final short[] halves = new short[CHUNK_ELEMENTS];
        private final ByteBuffer bytes =
                ByteBuffer.allocateDirect(CHUNK_ELEMENTS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);

        ByteBuffer f32(int count) {
            bytes.clear().limit(count * Float.BYTES);
            bytes.asFloatBuffer().put(values, 0, count);
            return bytes;
        }

        /** The upper halves of the floats, rounded to even. */
        ByteBuffer bf16(int count) {
            for (int i = 0; i < count; i++) {
                int bits = Float.floatToRawIntBits(values[i]);
                halves[i] = (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
            }
            bytes.clear().limit(count * Short.BYTES);
            bytes.asShortBuffer().put(halves, 0, count);
            return bytes;
        }
    }
}
