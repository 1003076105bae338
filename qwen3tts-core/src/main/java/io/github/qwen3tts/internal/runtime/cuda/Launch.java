package io.github.qwen3tts.internal.runtime.cuda;

import java.util.Arrays;

/**
 * One kernel launch as a value: which kernel, how many blocks, which arguments. Built once, run many times; a GPU and
 * the host's stand-in run the same ones. Arguments are added in the order of the kernel's parameters, whose types they
 * must have.
 */
public final class Launch {

    private final String file;
    private final String kernel;
    private final int[] grid = {1, 1, 1};
    private int threads = 32;
    private int sharedBytes;
    private final StringBuilder kinds = new StringBuilder();
    private long[] values = new long[16];

    private Launch(String file, String kernel) {
        this.file = file;
        this.kernel = kernel;
    }

    /**
     * Starts a launch.
     *
     * @param file   the kernel file's name without its ending
     * @param kernel the kernel's name in it
     * @return one block of 32 threads without arguments, to be completed
     */
    static Launch of(String file, String kernel) {
        return new Launch(file, kernel);
    }

    Launch grid(int x, int y, int z) {
        grid[0] = x;
        grid[1] = y;
        grid[2] = z;
        return this;
    }

    Launch threads(int threads) {
        this.threads = threads;
        return this;
    }

    Launch sharedBytes(int bytes) {
        this.sharedBytes = bytes;
        return this;
    }

    /** Adds a pointer; 0 is null. */
    Launch pointer(long address) {
        return argument('p', address);
    }

    /** Adds an {@code int}. */
    Launch integer(int value) {
        return argument('i', Integer.toUnsignedLong(value));
    }

    /** Adds a {@code float}. */
    Launch real(float value) {
        return argument('f', Integer.toUnsignedLong(Float.floatToRawIntBits(value)));
    }

    /** Adds an {@code unsigned long long}. */
    Launch wide(long value) {
        return argument('l', value);
    }

    private Launch argument(char kind, long bits) {
        if (kinds.length() == values.length) {
            values = Arrays.copyOf(values, 2 * values.length);
        }
        values[kinds.length()] = bits;
        kinds.append(kind);
        return this;
    }

    /**
     * The kernel file.
     *
     * @return its name without its ending
     */
    public String file() {
        return file;
    }

    /**
     * The kernel.
     *
     * @return its name inside the file
     */
    public String kernel() {
        return kernel;
    }

    /**
     * Blocks along one axis.
     *
     * @param axis 0, 1 or 2
     * @return how many
     */
    public int grid(int axis) {
        return grid[axis];
    }

    /**
     * Threads of a block.
     *
     * @return a multiple of 32
     */
    public int threads() {
        return threads;
    }

    /**
     * Dynamic shared memory of a block.
     *
     * @return bytes
     */
    public int sharedBytes() {
        return sharedBytes;
    }

    /**
     * The arguments' types, a letter each: {@code p} pointer, {@code i} int, {@code f} float, {@code l} 64-bit integer.
     *
     * @return as many letters as arguments
     */
    public String kinds() {
        return kinds.toString();
    }

    /**
     * One argument, in the low bytes.
     *
     * @param index below the number of arguments
     * @return its bits
     */
    public long bits(int index) {
        return values[index];
    }

    @Override
    public String toString() {
        return kernel + "<<<(" + grid[0] + "," + grid[1] + "," + grid[2] + "), " + threads + ", " + sharedBytes + ">>>";
    }
}
