package io.github.qwen3tts.internal.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.qwen3tts.internal.CacheDirectory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * What the kernel tests run on: the host's stand-in, or with {@code -Dqwen3tts.test.device=cuda} the GPU. Arrays go up
 * as they are; on the host a launch runs in several thread orders, whose results have to agree bit for bit.
 */
final class TestDevice implements AutoCloseable {

    private static final boolean CARD = "cuda".equals(System.getProperty("qwen3tts.test.device"));

    private static final Runnable NOTHING = () -> {};

    private final CudaDevice device;
    private final List<Long> owned = new ArrayList<>();

    private TestDevice(CudaDevice device) {
        this.device = device;
    }

    static TestDevice open() {
        return new TestDevice(CARD ? Cuda.open(CudaOptions.of(0, CacheDirectory.ofUser())) : HostDevice.start());
    }

    CudaDevice device() {
        return device;
    }

    /** Puts values on the device; 0 for null. */
    long floats(float[] values) {
        if (values == null) {
            return 0;
        }
        ByteBuffer bytes = direct(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        return upload(bytes);
    }

    long ints(int... values) {
        ByteBuffer bytes = direct(values.length * Integer.BYTES);
        bytes.asIntBuffer().put(values);
        return upload(bytes);
    }

    long bytes(byte[] values) {
        return upload(direct(values.length).put(values).flip());
    }

    /** Memory nobody has written: on the host it reads as NaN. */
    long empty(int floats) {
        long address = device.allocate((long) floats * Float.BYTES);
        owned.add(address);
        return address;
    }

    Rows rows(float[] values, int width) {
        return new Rows(floats(values), values.length / width, width);
    }

    Rows emptyRows(int rows, int width) {
        return new Rows(empty(rows * width), rows, width);
    }

    DeviceMatrix matrix(StoredMatrix matrix) {
        long scales = matrix.scales().length == 0 ? 0 : floats(matrix.scales());
        long address = upload(matrix.data());
        return new DeviceMatrix(address, scales, matrix.type(), matrix.outputs(), matrix.inputs());
    }

    private long upload(ByteBuffer bytes) {
        long address = device.allocate(Math.max(1, bytes.remaining()));
        owned.add(address);
        device.upload(bytes, address);
        return address;
    }

    float[] floats(long address, int count) {
        float[] values = new float[count];
        ByteBuffer bytes = direct(count * Float.BYTES);
        device.download(address, bytes);
        bytes.asFloatBuffer().get(values);
        return values;
    }

    float[] floats(Rows rows) {
        return floats(rows.address(), rows.rows() * rows.width());
    }

    int[] ints(long address, int count) {
        int[] values = new int[count];
        ByteBuffer bytes = direct(count * Integer.BYTES);
        device.download(address, bytes);
        bytes.asIntBuffer().get(values);
        return values;
    }

    /**
     * Runs launches in every order, each time from what {@code prepare} sets up, and reads the result.
     *
     * @return the result, the same in every order
     */
    float[] inEveryOrder(List<Launch> launches, Runnable prepare, Supplier<float[]> result) {
        if (!(device instanceof HostDevice host)) {
            prepare.run();
            device.run(launches);
            return result.get();
        }
        float[] first = null;
        for (HostDevice.Order order : HostDevice.Order.values()) {
            host.order(order, 20_261_123);
            prepare.run();
            device.run(launches);
            float[] now = result.get();
            if (first != null && !Arrays.equals(first, now)) {
                fail("result depends on the order of threads: order=" + order + ", at=" + Arrays.mismatch(first, now)
                        + ", launches=" + launches);
            }
            first = now;
        }
        host.order(HostDevice.Order.FORWARD, 0);
        return first;
    }

    float[] inEveryOrder(Launch launch, Rows result) {
        return inEveryOrder(List.of(launch), NOTHING, () -> floats(result));
    }

    /** For a launch that works in place: each run starts from a fresh copy of the original. */
    float[] inEveryOrder(Launch launch, Rows original, Rows target) {
        return inEveryOrder(List.of(launch), () -> copy(original, target), () -> floats(target));
    }

    void copy(Rows from, Rows to) {
        device.copy(from.address(), to.address(), (long) Float.BYTES * from.rows() * from.width());
    }

    static float[] random(Random random, int count, float scale) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian() * scale;
        }
        return values;
    }

    /** Compares with the truth; prints the largest difference also when it is small enough, so that drift is seen. */
    static void assertClose(String what, float[] expected, float[] actual, double tolerance) {
        assertEquals(expected.length, actual.length, what);
        double largest = 0;
        int at = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs((double) expected[i] - actual[i]);
            if (!(difference <= largest)) {
                largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
                at = i;
            }
        }
        System.out.printf("%s: largest difference %.2e at %d, accepted %.0e%n", what, largest, at, tolerance);
        if (largest > tolerance) {
            fail(what + ": largest difference " + largest + " at " + at + ", expected " + expected[at] + ", actual "
                    + actual[at] + ", accepted " + tolerance);
        }
    }

    static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {
        owned.forEach(device::free);
        device.close();
    }
}
