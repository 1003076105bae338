package io.github.qwen3tts.internal.model.cuda;

import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.quantize.BlockFormat;
import io.github.qwen3tts.internal.quantize.PackedMatrix;
import io.github.qwen3tts.internal.runtime.cuda.CudaDevice;
import io.github.qwen3tts.internal.runtime.cuda.DeviceMatrix;
import io.github.qwen3tts.internal.runtime.cuda.DeviceMemory;
import io.github.qwen3tts.internal.runtime.cuda.DeviceTable;
import io.github.qwen3tts.internal.runtime.cuda.MatrixPacking;
import io.github.qwen3tts.internal.runtime.cuda.TableType;
import io.github.qwen3tts.internal.runtime.cuda.WeightType;
import io.github.qwen3tts.internal.safetensors.DataType;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Puts published tensors on a device: first takes memory for each, later, with {@link #upload}, fills it. Nothing is read
 * before, so that memory can be predicted at no cost.
 */
final class DeviceWeights {

    /** Bounds the host memory of a conversion. */
    private static final int FLOATS_AT_ONCE = 1 << 22;

    private final DeviceMemory memory;
    private final Safetensors published;
    private final Optional<Safetensors> quantized;
    private final List<PackedMatrix> wanted = new ArrayList<>();
    private final List<Upload> uploads = new ArrayList<>();

    private interface Upload {
        void to(CudaDevice device) throws IOException;
    }

    /**
     * No weights yet.
     *
     * @param memory    where they go
     * @param published as released
     * @param quantized the cache file; empty while it is only asked which matrices it has to hold
     */
    DeviceWeights(DeviceMemory memory, Safetensors published, Optional<Safetensors> quantized) {
        this.memory = memory;
        this.published = published;
        this.quantized = quantized;
    }

    /** The quantised matrices asked for so far. */
    List<PackedMatrix> wanted() {
        return List.copyOf(wanted);
    }

    /** Fills everything taken so far. */
    void upload(CudaDevice device) {
        try {
            for (Upload upload : uploads) {
                upload.to(device);
            }
        } catch (IOException e) {
            throw new ModelLoadException("cannot read weights: " + e.getMessage(), e);
        }
        uploads.clear();
    }

    /** Floats that are computed when they are needed. */
    long floats(String what, int length, Supplier<float[]> values) {
        long address = memory.take(what, (long) length * Float.BYTES);
        uploads.add(device -> device.upload(bytes(values.get()), address));
        return address;
    }

    long ints(String what, int... values) {
        long address = memory.take(what, (long) values.length * Integer.BYTES);
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        uploads.add(device -> device.upload(bytes, address));
        return address;
    }

    private static ByteBuffer bytes(float[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes;
    }

    /** A vector as published, in fp32. */
    long vector(String name, int length) {
        return floats(name, length, () -> read(name, length));
    }

    /** A small tensor read to the host, in fp32. */
    float[] read(String name, long... shape) {
        try {
            return Safetensors.readFloats(tensor(name, shape));
        } catch (IOException e) {
            throw new ModelLoadException("cannot read weights: " + e.getMessage(), e);
        }
    }

    private TensorInfo tensor(String name, long... shape) throws IOException {
        TensorInfo tensor = published.get(name);
        List<Long> expected = new ArrayList<>();
        for (long size : shape) {
            expected.add(size);
        }
        if (!tensor.shape().equals(expected)) {
            throw new ModelLoadException(Check.message(
                    "tensor has another shape than the configuration says", "tensor", tensor, "expected", expected));
        }
        if (tensor.type() != DataType.BF16 && tensor.type() != DataType.F32) {
            throw new ModelLoadException(
                    Check.message("tensor has an unusable type", "tensor", tensor, "expected", "BF16 or F32"));
        }
        return tensor;
    }

    /**
     * Matrices on the same input, one below the other.
     *
     * @param format resolved
     * @param path   of the module they belong to
     * @param inputs of every matrix
     * @param parts  names below the path, without {@code .weight}, and their rows
     */
    DeviceMatrix matrix(WeightFormat format, String path, int inputs, PackedMatrix.Part... parts) {
        WeightType type = WeightType.valueOf(format.name());
        int outputs = 0;
        for (PackedMatrix.Part part : parts) {
            outputs += part.rows();
        }
        long address = memory.take(path, DeviceMatrix.bytes(type, outputs, inputs));
        if (type.isQuantized()) {
            return quantizedMatrix(
                    type,
                    address,
                    outputs,
                    new PackedMatrix(path, List.of(parts), inputs, BlockFormat.valueOf(type.name())));
        }
        long at = address;
        for (PackedMatrix.Part part : parts) {
            String name = path + "." + part.name() + ".weight";
            long target = at;
            uploads.add(device -> rows(device, tensor(name, part.rows(), inputs), type, inputs, target));
            at += DeviceMatrix.bytes(type, part.rows(), inputs);
        }
        return new DeviceMatrix(address, 0, type, outputs, inputs);
    }

    private DeviceMatrix quantizedMatrix(WeightType type, long address, int outputs, PackedMatrix matrix) {
        wanted.add(matrix);
        long scales = memory.take(matrix.scales(), (long) outputs * type.blocks(matrix.columns()) * Float.BYTES);
        uploads.add(device -> {
            Safetensors cache = quantized.orElseThrow();
            device.upload(Safetensors.map(cache.get(matrix.values())), address);
            device.upload(Safetensors.map(cache.get(matrix.scales())), scales);
        });
        return new DeviceMatrix(address, scales, type, outputs, matrix.columns());
    }

    /** A matrix of fp32 numbers that are computed when they are needed, {@code [outputs * inputs]}. */
    DeviceMatrix matrix(String what, int outputs, int inputs, Supplier<float[]> values) {
        long address = memory.take(what, DeviceMatrix.bytes(WeightType.FP32, outputs, inputs));
        uploads.add(device -> device.upload(MatrixPacking.pack(WeightType.FP32, inputs, values.get()), address));
        return new DeviceMatrix(address, 0, WeightType.FP32, outputs, inputs);
    }

    /**
     * Tables of one width, one below the other, without padding.
     *
     * @param type  how the numbers are stored
     * @param width numbers per row
     * @param parts full names without {@code .weight}, and their rows
     */
    DeviceTable table(TableType type, int width, List<PackedMatrix.Part> parts) {
        int rows = parts.stream().mapToInt(PackedMatrix.Part::rows).sum();
        long rowBytes = (long) width * type.bytes();
        long address = memory.take(parts.get(0).name(), rows * rowBytes);
        WeightType stored = type == TableType.FP32 ? WeightType.FP32 : WeightType.BF16;
        long at = address;
        for (PackedMatrix.Part part : parts) {
            long target = at;
            // as one long row each, so that no padding comes between rows
            uploads.add(device -> {
                TensorInfo tensor = tensor(part.name() + ".weight", part.rows(), width);
                flat(device, tensor, stored, target);
            });
            at += part.rows() * rowBytes;
        }
        return new DeviceTable(address, type, rows, width);
    }

    private static boolean isStored(TensorInfo tensor, WeightType type) {
        return tensor.type() == (type == WeightType.FP32 ? DataType.F32 : DataType.BF16);
    }

    private static void rows(CudaDevice device, TensorInfo tensor, WeightType type, int inputs, long address)
            throws IOException {
        long rowBytes = 16L * type.loads(inputs);
        boolean padded = rowBytes * tensor.elements() / inputs != tensor.elements() * (type == WeightType.FP32 ? 4 : 2);
        if (isStored(tensor, type) && !padded) {
            device.upload(Safetensors.map(tensor), address);
            return;
        }
        int rowsAtOnce = Math.max(1, FLOATS_AT_ONCE / inputs);
        int rows = Math.toIntExact(tensor.elements() / inputs);
        ByteBuffer source = Safetensors.map(tensor);
        for (int row = 0; row < rows; row += rowsAtOnce) {
            int count = Math.min(rowsAtOnce, rows - row);
            float[] values = convert(tensor, source, row * inputs, count * inputs);
            device.upload(MatrixPacking.pack(type, inputs, values), address + row * rowBytes);
        }
    }

    private static void flat(CudaDevice device, TensorInfo tensor, WeightType type, long address) throws IOException {
        ByteBuffer source = Safetensors.map(tensor);
        if (isStored(tensor, type)) {
            device.upload(source, address);
            return;
        }
        int bytes = type == WeightType.FP32 ? Float.BYTES : Short.BYTES;
        int elements = Math.toIntExact(tensor.elements());
        for (int at = 0; at < elements; at += FLOATS_AT_ONCE) {
            int count = Math.min(FLOATS_AT_ONCE, elements - at);
            ByteBuffer packed = MatrixPacking.pack(type, count, convert(tensor, source, at, count));
            device.upload(packed.slice(0, count * bytes), address + (long) at * bytes);
        }
    }

    private static float[] convert(TensorInfo tensor, ByteBuffer source, int from, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = tensor.type() == DataType.F32
                    ? source.getFloat((from + i) * Float.BYTES)
                    : Float.intBitsToFloat(source.getShort((from + i) * Short.BYTES) << 16);
        }
        return values;
    }
}
