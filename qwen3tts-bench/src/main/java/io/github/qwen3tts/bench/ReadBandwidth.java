package io.github.qwen3tts.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How fast memory is read: several threads sum up an array that no cache holds. Java's optimising compiler makes this loop
 * wait for nothing but memory, so it has to be on.
 */
final class ReadBandwidth {

    private ReadBandwidth() {}

    /** Bytes per second of the fastest of some passes over an array of so many bytes. */
    static double measure(int threads, long bytes, int passes) {
        long[] array = new long[Math.toIntExact(bytes / Long.BYTES)];
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            double best = 0;
            for (int pass = 0; pass < passes; pass++) {
                long began = System.nanoTime();
                long sum = sum(pool, array, threads);
                double seconds = (System.nanoTime() - began) / 1e9;
                if (sum != 0) { // keeps the loops from being optimised away
                    throw new IllegalStateException("an array of zeros has sum " + sum);
                }
                best = Math.max(best, (double) array.length * Long.BYTES / seconds);
            }
            return best;
        } finally {
            pool.shutdown();
        }
    }

    private static long sum(ExecutorService pool, long[] array, int threads) {
        List<Callable<Long>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int from = (int) ((long) array.length * i / threads);
            int to = (int) ((long) array.length * (i + 1) / threads);
            tasks.add(() -> sum(array, from, to));
        }
        try {
            long sum = 0;
            for (Future<Long> part : pool.invokeAll(tasks)) {
                sum += part.get();
            }
            return sum;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring the read bandwidth", e);
        }
    }

    /** Eight sums at once, none of which waits for another. */
    private static long sum(long[] array, int from, int to) {
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        long e = 0;
        long f = 0;
        long g = 0;
        long h = 0;
        int i = from;
        for (; i + 7 < to; i += 8) {
            a += array[i];
            b += array[i + 1];
            c += array[i + 2];
            d += array[i + 3];
            e += array[i + 4];
            f += array[i + 5];
            g += array[i + 6];
            h += array[i + 7];
        }
        for (; i < to; i++) {
            a += array[i];
        }
        return a + b + c + d + e + f + g + h;
    }
}
