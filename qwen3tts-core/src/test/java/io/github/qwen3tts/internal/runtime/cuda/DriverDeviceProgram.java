package io.github.qwen3tts.internal.runtime.cuda;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.internal.CacheDirectory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Drives {@link DriverDevice} over the stand-in for the driver's library. A program of its own, because a library that is
 * loaded stays loaded.
 */
final class DriverDeviceProgram {

    private DriverDeviceProgram() {}

    public static void main(String[] arguments) throws Exception {
        CudaOptions options = CudaOptions.of(0, CacheDirectory.ofUser());
        Path cubins = options.cubins().orElseThrow();
        say(Cuda.status(options).reason());
        say(Cuda.status(new CudaOptions(3, cubins, Optional.of(cubins), true, true))
                .reason());
        for (boolean all : new boolean[] {true, false}) {
            CudaOptions chosen = new CudaOptions(0, cubins, Optional.of(cubins), all, all);
            try (CudaDevice device = Cuda.open(chosen)) {
                say("graphs and overlap: " + all);
                kernels(device);
                errors(device);
            }
        }
        Files.delete(cubins.resolve("rvq_lookup.sm_90.cubin"));
        refused(() -> Cuda.open(options).close());
        say("done");
    }

    /** Two launches, the second of which needs more shared memory than kernels get without asking. */
    private static void kernels(CudaDevice device) throws Exception {
        int width = 5000;
        int rows = 4;
        ByteBuffer ids = device.hostBuffer(Integer.BYTES * rows);
        ids.asIntBuffer().put(new int[] {2, 0, 1, 2});
        ByteBuffer table = TestDevice.direct(3 * width * Float.BYTES);
        for (int i = 0; i < 3 * width; i++) {
            table.putFloat(i * Float.BYTES, i % 17);
        }
        ByteBuffer weights = TestDevice.direct((int) DeviceMatrix.bytes(WeightType.FP32, 1, width));
        for (int i = 0; i < width; i++) {
            weights.putFloat(i * Float.BYTES, 1f / 16);
        }
        try (DeviceArena arena = new DeviceArena(device, 0, "a test")) {
            long idsOn = arena.take("ids", ids.capacity());
            long tableOn = arena.take("table", table.capacity());
            long weightsOn = arena.take("weights", weights.capacity());
            long x = arena.take("x", (long) rows * width * Float.BYTES);
            long y = arena.take("y", (long) rows * Float.BYTES);
            long z = arena.take("z", (long) rows * Float.BYTES);
            device.upload(ids, idsOn);
            device.upload(table.asReadOnlyBuffer().order(table.order()), tableOn); // as mapped files are
            device.upload(weights, weightsOn);
            device.clear(x, (long) rows * width * Float.BYTES);
            device.clear(y, (long) rows * Float.BYTES);
            Launch gather = Launch.of("text_projection", "text_rows_fp32")
                    .grid(rows, 1, 1)
                    .threads(256)
                    .pointer(tableOn)
                    .pointer(idsOn)
                    .pointer(x)
                    .integer(width);
            DeviceMatrix matrix = new DeviceMatrix(weightsOn, 0, WeightType.FP32, 1, width);
            Launch layer = RmsNormLinear.plain(matrix, 0, Activation.NONE)
                    .launch(new Rows(x, rows, width), new Rows(y, rows, 1));
            say("shared bytes " + layer.sharedBytes());
            float[] expected = new float[rows];
            for (int row = 0; row < rows; row++) {
                for (int i = 0; i < width; i++) {
                    expected[row] += table.getFloat((ids.getInt(4 * row) * width + i) * Float.BYTES) / 16;
                }
            }
            FrameGraph graph = device.capture("test", List.of(gather, layer));
            say("captured, nothing run: " + equal(new float[rows], device, y));
            Thread other = new Thread(graph::launch); // another thread needs the context too
            other.start();
            other.join();
            device.finish();
            say("graph: " + equal(expected, device, y));
            device.clear(y, (long) rows * Float.BYTES);
            device.run(List.of(gather, layer));
            device.copy(y, z, (long) rows * Float.BYTES);
            say("one by one: " + equal(expected, device, z));
            graph.close();
            graph.close();
            say("bytes in use " + ((1L << 32) - device.freeBytes()) + " while open");
        }
        say("bytes in use after closing " + ((1L << 32) - device.freeBytes()));
    }

    private static void errors(CudaDevice device) {
        refused(() -> device.run(List.of(Launch.of("text_projection", "no_such_kernel"))));
        refused(() -> device.run(List.of(Launch.of("embed_sum", "frame_begin").sharedBytes(300_000))));
        refused(() -> device.run(List.of(Launch.of("embed_sum", "frame_begin").threads(0))));
        refused(() -> device.clear(16, 16));
        refused(() -> {
            try (DeviceArena arena = new DeviceArena(device, 1L << 33, "precision=bf16, streams=64, maxFrames=4096")) {
                arena.take("small", 100);
                arena.take("too large", 1L << 33);
            }
        });
        say("bytes in use after a failure " + ((1L << 32) - device.freeBytes()));
    }

    private static String equal(float[] expected, CudaDevice device, long buffer) {
        ByteBuffer bytes = TestDevice.direct(expected.length * Float.BYTES);
        device.download(buffer, bytes);
        float[] actual = new float[expected.length];
        bytes.asFloatBuffer().get(actual);
        for (int i = 0; i < actual.length; i++) {
            if (!(Math.abs(expected[i] - actual[i]) <= 1e-5 * Math.abs(expected[i]))) {
                return "expected " + Arrays.toString(expected) + ", got " + Arrays.toString(actual);
            }
        }
        return "equal";
    }

    private static void refused(Runnable action) {
        try {
            action.run();
            say("NOT REFUSED");
        } catch (DeviceException e) {
            say("refused: " + e.getMessage());
        }
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
