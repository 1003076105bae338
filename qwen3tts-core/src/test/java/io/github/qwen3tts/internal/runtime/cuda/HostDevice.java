package io.github.qwen3tts.internal.runtime.cuda;

import io.github.qwen3tts.api.DeviceException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A device whose kernels run on the CPU, in a process of its own that speaks the requests of {@code host_device.cpp}. It
 * takes the same launches as a GPU and is stricter: see {@code host_shim.hpp}.
 */
public final class HostDevice implements CudaDevice {

    /** In which order blocks, warps and lanes run; a result that depends on it has a race. */
    public enum Order {
        FORWARD,
        BACKWARD,
        SHUFFLED
    }

    private final Process process;
    private final OutputStream out;
    private final InputStream in;
    private final Map<String, Integer> starts = new HashMap<>();
    private String failing; // null for none

    private HostDevice(Process process) {
        this.process = process;
        out = new BufferedOutputStream(process.getOutputStream(), 1 << 16);
        in = new BufferedInputStream(process.getInputStream(), 1 << 16);
    }

    /** Starts a device; aborts the test, with the reason, where no C++ compiler is found. */
    public static HostDevice start() {
        try {
            return new HostDevice(new ProcessBuilder(HostShim.device().toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Chooses the order of everything that follows. */
    public void order(Order order, long seed) {
        request(buffer(1 + Integer.BYTES + Long.BYTES)
                .put((byte) 'O')
                .putInt(order.ordinal())
                .putLong(seed));
        answer();
    }

    /** How often a graph was started by now, or a kernel outside of graphs. */
    public int starts(String name) {
        return starts.getOrDefault(name, 0);
    }

    /** The next start of a graph, or of a kernel outside of graphs, fails before it does anything. */
    public void failNext(String name) {
        failing = name;
    }

    private void starting(String name) {
        if (name.equals(failing)) {
            failing = null;
            throw new DeviceException("told to fail: name=" + name);
        }
        starts.merge(name, 1, Integer::sum);
    }

    @Override
    public DeviceProperties properties() {
        return new DeviceProperties("host", 9, 0, 1, Long.MAX_VALUE, 232_448, 12_090);
    }

    @Override
    public long freeBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    public long allocate(long bytes) {
        request(address('A', bytes));
        return answer(Long.BYTES).getLong(0);
    }

    @Override
    public void free(long address) {
        request(address('F', address));
        answer();
    }

    @Override
    public void clear(long address, long bytes) {
        request(address('Z', address, bytes));
        answer();
    }

    @Override
    public void upload(ByteBuffer source, long address) {
        byte[] bytes = new byte[source.remaining()];
        source.duplicate().get(bytes);
        request(address('U', address, bytes.length), bytes);
        answer();
    }

    @Override
    public void download(long address, ByteBuffer target) {
        request(address('D', address, target.remaining()));
        target.duplicate().put(answer(target.remaining()));
    }

    @Override
    public void copy(long from, long to, long bytes) {
        request(address('C', from, to, bytes));
        answer();
    }

    @Override
    public ByteBuffer hostBuffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void run(List<Launch> launches) {
        launches.forEach(launch -> starting(launch.kernel()));
        capture("once", launches).launch();
    }

    @Override
    public FrameGraph capture(String name, List<Launch> launches) {
        byte[][] parts = new byte[launches.size() + 1][];
        parts[0] = array(buffer(1 + Integer.BYTES).put((byte) 'P').putInt(launches.size()));
        for (int i = 0; i < launches.size(); i++) {
            parts[i + 1] = encode(launches.get(i));
        }
        request(parts);
        int program = answer(Integer.BYTES).getInt(0);
        return new FrameGraph() {
            @Override
            public void launch() {
                starting(name);
                request(array(buffer(1 + Integer.BYTES).put((byte) 'R').putInt(program)));
                answer();
            }

            @Override
            public void close() {
                // programs are small and end with the process
            }
        };
    }

    private static byte[] encode(Launch launch) {
        byte[] name = launch.kernel().getBytes(StandardCharsets.UTF_8);
        byte[] kinds = launch.kinds().getBytes(StandardCharsets.UTF_8);
        ByteBuffer encoded = buffer(name.length + kinds.length * (1 + Long.BYTES) + 6 * Integer.BYTES + Long.BYTES);
        encoded.putInt(name.length).put(name);
        encoded.putInt(launch.grid(0)).putInt(launch.grid(1)).putInt(launch.grid(2));
        encoded.putInt(launch.threads()).putLong(launch.sharedBytes());
        encoded.putInt(kinds.length);
        encoded.put(kinds);
        for (int i = 0; i < kinds.length; i++) {
            encoded.putLong(launch.bits(i));
        }
        return array(encoded);
    }

    @Override
    public void finish() {
        // every request is done when it is answered
    }

    @Override
    public void close() {
        try {
            out.close();
            process.waitFor();
        } catch (IOException e) {
            process.destroy();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
        }
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] array(ByteBuffer written) {
        byte[] bytes = new byte[written.position()];
        written.flip().get(bytes);
        return bytes;
    }

    private static byte[] address(char request, long... values) {
        ByteBuffer encoded = buffer(1 + values.length * Long.BYTES).put((byte) request);
        for (long value : values) {
            encoded.putLong(value);
        }
        return array(encoded);
    }

    private void request(ByteBuffer written) {
        request(array(written));
    }

    private void request(byte[]... parts) {
        try {
            for (byte[] part : parts) {
                out.write(part);
            }
            out.flush();
        } catch (IOException e) {
            answer(); // the process says why it ended, if it could
            throw new UncheckedIOException(e);
        }
    }

    private void answer() {
        answer(0);
    }

    private ByteBuffer answer(int bytes) {
        try {
            int status = in.read();
            if (status < 0) {
                throw new DeviceException("host device ended without a word: exit="
                        + process.onExit().join().exitValue());
            }
            if (status != 0) {
                byte[] length = in.readNBytes(Integer.BYTES);
                int count =
                        ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt();
                throw new DeviceException(new String(in.readNBytes(count), StandardCharsets.UTF_8));
            }
            byte[] data = in.readNBytes(bytes);
            if (data.length < bytes) {
                throw new EOFException("host device ended in the middle of an answer");
            }
            return ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
