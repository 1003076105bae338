package io.github.qwen3tts.internal.quantize;

import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.safetensors.DataType;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.SafetensorsWriter;
import io.github.qwen3tts.internal.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The taps of a convolution as one matrix of 7-bit integers that windows of 8-bit integers are multiplied with: {@code
 * weight = scale of the column * q}, {@code |q| <= 64}. An eighth bit would overflow the 16-bit sums of two products
 * that CPU cores without VNNI compute with.
 *
 * @param path   of the module that has the {@code weight}
 * @param in     channels
 * @param out    channels
 * @param kernel taps
 * @param stride 0 for a convolution, whose weight is {@code [out, in, kernel]}; else that of a transposed one, whose
 *               weight is {@code [in, out, kernel]}
 */
public record ConvolutionMatrix(String path, int in, int out, int kernel, int stride) implements QuantizedMatrix {

    private static final int LARGEST = 64;

    /**
     * A convolution: row {@code tap * in + i}, column {@code o}.
     *
     * @param path   of its module
     * @param in     channels
     * @param out    channels
     * @param kernel taps
     * @return the matrix {@code [kernel * in, out]}
     */
    public static ConvolutionMatrix convolution(String path, int in, int out, int kernel) {
        return new ConvolutionMatrix(path, in, out, kernel, 0);
    }

    /**
     * A transposed convolution whose kernel is one or two strides long, as a product with a row, or with windows of the
     * row before and the row itself: column {@code r * out + o} for the r-th row that a row becomes.
     *
     * @param path    of its module
     * @param in      channels
     * @param out     channels
     * @param stride  rows that a row becomes
     * @param strides of the kernel, 1 or 2
     * @return the matrix {@code [strides * in, stride * out]}
     */
    public static ConvolutionMatrix transposed(String path, int in, int out, int stride, int strides) {
        return new ConvolutionMatrix(path, in, out, strides * stride, stride);
    }

    private int rows() {
        return (stride == 0 ? kernel : kernel / stride) * in;
    }

    private int columns() {
        return stride == 0 ? out : stride * out;
    }

    /** Where a weight of the matrix stands in the published tensor. */
    private int published(int row, int column) {
        if (stride == 0) {
            return (column * in + row % in) * kernel + row / in;
        }
        int first =
                kernel - stride - row / in * stride; // the first rows stand for the row before, whose taps come last
        return (row % in * out + column % out) * kernel + first + column / out;
    }

    @Override
    public String values() {
        return path + ".values";
    }

    @Override
    public String scales() {
        return path + ".scales";
    }

    @Override
    public DataType valuesType() {
        return DataType.I8;
    }

    /** {@code [rows, columns]}. */
    @Override
    public List<Long> valuesShape() {
        return List.of((long) rows(), (long) columns());
    }

    /** {@code [columns]}. */
    @Override
    public List<Long> scalesShape() {
        return List.of((long) columns());
    }

    @Override
    public void quantize(Safetensors weights, SafetensorsWriter.Output target) throws IOException {
        TensorInfo tensor = weights.get(path + ".weight");
        List<Long> expected = stride == 0
                ? List.of((long) out, (long) in, (long) kernel)
                : List.of((long) in, (long) out, (long) kernel);
        if (!tensor.shape().equals(expected)) {
            throw new ModelLoadException(Check.message(
                    "tensor has another shape than the configuration says", "tensor", tensor, "expected", expected));
        }
        float[] taps = Safetensors.readFloats(tensor);
        byte[] values = new byte[rows() * columns()];
        float[] scales = new float[columns()];
        IntStream.range(0, columns()).parallel().forEach(column -> scales[column] = column(taps, column, values));
        ByteBuffer scaleBytes = ByteBuffer.allocate(scales.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        scaleBytes.asFloatBuffer().put(scales);
        target.write(values(), ByteBuffer.wrap(values));
        target.write(scales(), scaleBytes);
    }

    /** Rounds a column, whose largest weight becomes 64; gives its scale. */
    private float column(float[] taps, int column, byte[] values) {
        float largest = 0;
        for (int row = 0; row < rows(); row++) {
            largest = Math.max(largest, Math.abs(taps[published(row, column)]));
        }
        float inverse = largest == 0 ? 0 : LARGEST / largest;
        for (int row = 0; row < rows(); row++) {
            values[row * columns() + column] = (byte) Math.round(taps[published(row, column)] * inverse);
        }
        return largest / LARGEST;
    }
}
