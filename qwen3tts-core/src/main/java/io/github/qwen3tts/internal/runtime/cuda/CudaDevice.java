package io.github.qwen3tts.internal.runtime.cuda;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Where kernels run: a GPU behind the driver. Work is done in the order it is given; {@link #download} and {@link
 * #finish} wait for it. Used by one thread at a time.
 */
public interface CudaDevice extends AutoCloseable {

    /**
     * What the GPU is.
     *
     * @return the same value every time
     */
    DeviceProperties properties();

    /**
     * Memory that nobody uses at the moment.
     *
     * @return bytes
     */
    long freeBytes();

    /**
     * Takes memory. Its contents are undefined.
     *
     * @param bytes {@code > 0}
     * @return the address, a multiple of 256
     * @throws io.github.qwen3tts.api.DeviceException if there is not enough
     */
    long allocate(long bytes);

    /**
     * Gives memory back.
     *
     * @param address as returned by {@link #allocate}
     */
    void free(long address);

    /**
     * Fills with zeros.
     *
     * @param address the first byte
     * @param bytes   how many
     */
    void clear(long address, long bytes);

    /**
     * Copies to the device. The source may be reused on return.
     *
     * @param source  from its position to its limit, which stay as they are; direct buffers only
     * @param address where it goes
     */
    void upload(ByteBuffer source, long address);

    /**
     * Copies from the device, after everything given before is done.
     *
     * @param address where it comes from
     * @param target  filled from its position to its limit, which stay as they are; direct buffers only
     */
    void download(long address, ByteBuffer target);

    /**
     * Copies inside the device.
     *
     * @param from  the first byte to read
     * @param to    the first byte to write; the ranges do not overlap
     * @param bytes how many
     */
    void copy(long from, long to, long bytes);

    /**
     * Memory of the host that copies run fastest from and to; freed with the device.
     *
     * @param bytes its size
     * @return a direct buffer in the byte order of the device, little endian
     */
    ByteBuffer hostBuffer(int bytes);

    /**
     * Starts launches one by one.
     *
     * @param launches in order
     */
    void run(List<Launch> launches);

    /**
     * Makes launches into one graph that starts as a whole.
     *
     * @param name     for messages
     * @param launches in order
     * @return the graph, which the caller closes before the device
     */
    FrameGraph capture(String name, List<Launch> launches);

    /** Waits until everything given before is done. */
    void finish();

    /** Frees what belongs to the device itself; memory and graphs are their owners' to free before. */
    @Override
    void close();
}
