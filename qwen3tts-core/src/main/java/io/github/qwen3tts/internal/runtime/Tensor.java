package io.github.qwen3tts.internal.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.github.qwen3tts.api.DeviceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * A tensor over memory outside the heap that both Java and the runtime read and write in place. Close it when no run
 * uses it any more; the memory itself goes when the last view of it does.
 */
public final class Tensor implements AutoCloseable {

    private final OnnxTensor handle;
    private final ByteBuffer bytes;
    private final long[] shape;

    private Tensor(OnnxTensor handle, ByteBuffer bytes, long[] shape) {
        this.handle = handle;
        this.bytes = bytes;
        this.shape = shape;
    }

    /**
     * 32-bit floats, all zero.
     *
     * @param shape row-major
     * @return a tensor over its own memory
     */
    public static Tensor floats(long... shape) {
        return floats(allocate(shape, Float.BYTES), shape);
    }

    /**
     * 32-bit floats over memory that is there already.
     *
     * @param memory direct, native order, at least as large as the shape
     * @param shape  row-major
     * @return a tensor over the start of that memory
     */
    public static Tensor floats(ByteBuffer memory, long... shape) {
        ByteBuffer view = slice(memory, bytes(shape, Float.BYTES));
        return new Tensor(
                create(() -> OnnxTensor.createTensor(environment(), view.asFloatBuffer(), shape)), view, shape);
    }

    /**
     * 64-bit integers, all zero.
     *
     * @param shape row-major
     * @return a tensor over its own memory
     */
    public static Tensor longs(long... shape) {
        ByteBuffer memory = allocate(shape, Long.BYTES);
        return new Tensor(
                create(() -> OnnxTensor.createTensor(environment(), memory.asLongBuffer(), shape)), memory, shape);
    }

    /**
     * 32-bit integers, all zero.
     *
     * @param shape row-major
     * @return a tensor over its own memory
     */
    public static Tensor ints(long... shape) {
        ByteBuffer memory = allocate(shape, Integer.BYTES);
        return new Tensor(
                create(() -> OnnxTensor.createTensor(environment(), memory.asIntBuffer(), shape)), memory, shape);
    }

    /**
     * Memory outside the heap, all zero.
     *
     * @param shape        row-major
     * @param elementBytes size of one element
     * @return in native order
     * @throws DeviceException if there is not enough
     */
    public static ByteBuffer allocate(long[] shape, int elementBytes) {
        long size = bytes(shape, elementBytes);
        if (size > Integer.MAX_VALUE) {
            throw new DeviceException("tensor too large: shape=" + Arrays.toString(shape) + ", bytes=" + size
                    + "; use shorter text or fewer frames");
        }
        try {
            return ByteBuffer.allocateDirect((int) size).order(ByteOrder.nativeOrder());
        } catch (OutOfMemoryError e) {
            throw new DeviceException(
                    "out of memory outside the heap: bytes=" + size + ", shape=" + Arrays.toString(shape)
                            + "; raise -XX:MaxDirectMemorySize, or speak fewer streams at once",
                    e);
        }
    }

    private static long bytes(long[] shape, int elementBytes) {
        return Arrays.stream(shape).reduce(elementBytes, Math::multiplyExact);
    }

    private static ByteBuffer slice(ByteBuffer memory, long bytes) {
        return memory.slice(0, Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    }

    private interface Creation {
        OnnxTensor create() throws OrtException;
    }

    private static OnnxTensor create(Creation creation) {
        try {
            return creation.create();
        } catch (OrtException e) {
            throw new DeviceException("cannot create tensor: " + e.getMessage(), e);
        }
    }

    private static OrtEnvironment environment() {
        return OrtEnvironment.getEnvironment();
    }

    OnnxTensor handle() {
        return handle;
    }

    /**
     * The dimensions.
     *
     * @return row-major
     */
    public long[] shape() {
        return shape.clone();
    }

    /**
     * The elements as floats.
     *
     * @return a view from the first element to the last
     */
    public FloatBuffer floats() {
        return bytes.asFloatBuffer();
    }

    /**
     * The elements as 64-bit integers.
     *
     * @return a view from the first element to the last
     */
    public LongBuffer longs() {
        return bytes.asLongBuffer();
    }

    /**
     * The elements as 32-bit integers.
     *
     * @return a view from the first element to the last
     */
    public IntBuffer ints() {
        return bytes.asIntBuffer();
    }

    /**
     * The memory itself.
     *
     * @return a view from the first byte to the last, native order
     */
    public ByteBuffer bytes() {
        return bytes.duplicate().order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        if (!handle.isClosed()) {
            handle.close();
        }
    }
}
