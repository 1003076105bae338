package io.github.qwen3tts.bench;

import io.github.qwen3tts.internal.runtime.OrtRuntime;
import java.io.IOException;
import java.util.List;

/**
 * What the machine could do at best; also the program that measures it.
 *
 * @param readBytesPerSecond of memory, by all threads together; see {@link ReadBandwidth}
 * @param floatMacsPerSecond multiply-adds of 32-bit floats; see {@link MatrixRate}
 * @param byteMacsPerSecond  multiply-adds of 8-bit blocks; see {@link MatrixRate}
 */
public record Roofline(double readBytesPerSecond, double floatMacsPerSecond, double byteMacsPerSecond) {

    /** More than any cache of the machines this is for. */
    private static final long ARRAY_BYTES = 512L << 20;

    private static final int PASSES = 10;
    private static final int MATRIX_ROWS = 512;
    private static final int MATRIX_WIDTH = 2048;
    private static final double MATRIX_SECONDS = 1.5;

    /** For the process that measures: its optimising compiler on, and room for the array. */
    static final List<String> JAVA_OPTIONS = List.of("-Xmx1g", "-XX:+UseSerialGC");

    /**
     * Measures and prints.
     *
     * @param args the number of threads
     * @throws IOException if no temporary file can be written
     */
    public static void main(String[] args) throws IOException {
        System.out.println(OwnProcess.JSON.writeValueAsString(measure(Integer.parseInt(args[0]))));
    }

    private static Roofline measure(int threads) throws IOException {
        double read = ReadBandwidth.measure(threads, ARRAY_BYTES, PASSES);
        OrtRuntime runtime = OrtRuntime.start(new OrtRuntime.Threads(threads, true));
        MatrixRate rate = new MatrixRate(runtime, MATRIX_ROWS, MATRIX_WIDTH);
        return new Roofline(read, rate.floats(MATRIX_SECONDS), rate.bytes(MATRIX_SECONDS));
    }
}
