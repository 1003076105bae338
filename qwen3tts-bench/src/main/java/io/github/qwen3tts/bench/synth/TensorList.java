package io.github.qwen3tts.bench.synth;

import io.github.qwen3tts.internal.safetensors.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Collects the tensors of a file. Weights are scaled by their fan-in, so that what has variance 1 before a layer has
 * {@code gain} squared after it.
 */
final class TensorList {

    private final DataType type;
    private final String prefix;
    private final List<TensorSpec> tensors;

    /** An empty list of one element type. */
    TensorList(DataType type) {
        this(type, "", new ArrayList<>());
    }

    private TensorList(DataType type, String prefix, List<TensorSpec> tensors) {
        this.type = type;
        this.prefix = prefix;
        this.tensors = tensors;
    }

    /** A view: same list, longer prefix. */
    TensorList at(String name) {
        return new TensorList(type, prefix + name + ".", tensors);
    }

    /** All tensors, by name, as published files have them. */
    List<TensorSpec> sorted() {
        return tensors.stream().sorted(Comparator.comparing(TensorSpec::name)).toList();
    }

    void add(String name, Fill fill, long... shape) {
        tensors.add(
                new TensorSpec(prefix + name, type, Arrays.stream(shape).boxed().toList(), fill));
    }

    /** {@code weight [out, in]}. */
    void linear(String name, int out, int in, double gain) {
        add(name + ".weight", Fill.normal(gain / Math.sqrt(in)), out, in);
    }

    void linearWithBias(String name, int out, int in, double gain) {
        linear(name, out, in, gain);
        bias(name, out);
    }

    /** {@code weight [out, in, kernel]} and {@code bias [out]}. */
    void conv(String name, int out, int in, int kernel, double gain) {
        convWithoutBias(name, out, in, kernel, gain);
        bias(name, out);
    }

    void convWithoutBias(String name, int out, int in, int kernel, double gain) {
        add(name + ".weight", Fill.normal(gain / Math.sqrt((double) in * kernel)), out, in, kernel);
    }

    /** {@code weight [in, out, kernel]} and {@code bias [out]}; each output sees {@code kernel / stride} inputs. */
    void transposedConv(String name, int in, int out, int kernel, int stride) {
        add(name + ".weight", Fill.normal(1 / Math.sqrt((double) in * kernel / stride)), in, out, kernel);
        bias(name, out);
    }

    private void bias(String name, int out) {
        add(name + ".bias", Fill.normal(0.02), out);
    }

    /** {@code weight [width]}, near 1 and nowhere the same. */
    void norm(String name, int width) {
        add(name + ".weight", Fill.around(1, 0.1), width);
    }

    void normWithBias(String name, int width) {
        norm(name, width);
        bias(name, width);
    }
}
