package io.github.qwen3tts.internal.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Derives the shape of an operator's result from its operands. Refuses operands that cannot fit, naming the path and the
 * shapes.
 */
final class ShapeInference {

    private ShapeInference() {}

    /** The shape that is stated of a value: numbers must not conflict, and none may become a name. */
    static Shape stated(Value x, Object... dims) {
        Shape stated = Shape.of(dims);
        if (!x.shape().compatible(stated) || stated.isNamedWhereKnown(x.shape())) {
            throw Graph.cannotAdd("shape", x, "stated", stated);
        }
        return stated;
    }

    /** Operands of one type, broadcast against each other. */
    static Shape elementwise(String operator, Value left, Value right) {
        Shape out = left.shape().broadcast(right.shape());
        if (out == null || left.type() != right.type()) {
            throw Graph.cannotAdd(operator, left, "right", right.shape(), "types", left.type() + "/" + right.type());
        }
        return out;
    }

    // Shapes

    /** Dimensions as {@link Value#reshape} takes them: 0 keeps one, -1 is whatever is left. */
    static Shape reshape(Value x, long... dims) {
        Shape shape = x.shape();
        Object[] out = new Object[dims.length];
        int inferred = -1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == -1) {
                inferred = i;
            }
            out[i] = dims[i] == 0 ? shape.dim(i) : dims[i] == -1 ? Dimension.UNKNOWN : Long.valueOf(dims[i]);
        }
        if (inferred >= 0) {
            out[inferred] = whatIsLeft(shape, out, inferred);
        }
        Shape target = Shape.of(out);
        if (shape.isAllKnown() && !(target.isAllKnown() && target.elements() == shape.elements())) {
            throw Graph.cannotAdd("Reshape", x, "to", Arrays.toString(dims));
        }
        return target;
    }

    /** The dimension that -1 stands for: a name if just that one name is left over, else a number or unknown. */
    private static Object whatIsLeft(Shape shape, Object[] out, int inferred) {
        List<Object> names = new ArrayList<>();
        long number = 1;
        for (Object dim : shape.dims()) {
            if (dim instanceof Long n) {
                number *= n;
            } else {
                names.add(dim);
            }
        }
        for (int i = 0; i < out.length; i++) {
            if (i != inferred) {
                if (out[i] instanceof Long n) {
                    if (n == 0 || number % n != 0) {
                        return Dimension.UNKNOWN;
                    }
                    number /= n;
                } else if (!names.remove(out[i])) {
                    return Dimension.UNKNOWN;
                }
            }
        }
        if (names.isEmpty()) {
            return number;
        }
        return names.size() == 1 ? Dimension.times(number, names.get(0)) : Dimension.UNKNOWN;
    }

    /** Every axis once, the old one at each new place. */
    static Shape transpose(Value x, int... axes) {
        Object[] out = new Object[axes.length];
        for (int i = 0; i < axes.length; i++) {
            out[i] = x.shape().dim(axes[i]);
        }
        if (Arrays.stream(axes).distinct().count() != x.shape().rank()) {
            throw Graph.cannotAdd("Transpose", x, "axes", Arrays.toString(axes));
        }
        return Shape.of(out);
    }

    /** Values of one type that differ along one axis at most. */
    static Shape concat(int axis, Value... values) {
        Value first = values[0];
        Object sum = 0L;
        for (Value value : values) {
            sum = Dimension.sum(sum, value.shape().dim(axis));
            boolean fits = value.shape().with(axis, 1L).compatible(first.shape().with(axis, 1L));
            if (value.type() != first.type() || !fits) {
                throw Graph.cannotAdd("Concat", first, "axis", axis, "right", value.shape());
            }
        }
        return first.shape().with(axis, sum);
    }

    /** Parts whose sizes add up to the dimension. */
    static List<Shape> split(Value x, int axis, long... sizes) {
        Shape shape = x.shape();
        if (shape.isKnown(axis) && shape.known(axis) != Arrays.stream(sizes).sum()) {
            throw Graph.cannotAdd("Split", x, "axis", axis, "sizes", Arrays.toString(sizes));
        }
        return Arrays.stream(sizes).mapToObj(size -> shape.with(axis, size)).toList();
    }

    /** One of several parts with as many rows each. */
    static Shape splitRows(Value x, int parts) {
        Shape shape = x.shape();
        if (shape.isKnown(0) && shape.known(0) % parts != 0) {
            throw Graph.cannotAdd("Split", x, "axis", 0, "parts", parts);
        }
        return shape.with(0, Dimension.over(shape.dim(0), parts));
    }

    /** A range as {@link Value#slice} takes it. */
    static Shape slice(Value x, int axis, int from, int to) {
        Shape shape = x.shape();
        if (shape.isKnown(axis)) {
            long size = shape.known(axis);
            long begin = Math.max(0, from < 0 ? from + size : from);
            long end = Math.min(size, to < 0 ? to + size : to);
            return shape.with(axis, Math.max(0, end - begin));
        }
        return shape.with(axis, Dimension.range(shape.dim(axis), from, to));
    }

    /** The last elements of an axis that has at least so many: where it is a name, the caller sees to that. */
    static Shape last(Value x, int axis, int count) {
        if (x.shape().isKnown(axis) && x.shape().known(axis) < count) {
            throw Graph.cannotAdd("Slice", x, "axis", axis, "last", count);
        }
        return x.shape().with(axis, (long) count);
    }

    /** Rows of a table in place of their indices. */
    static Shape gather(Value table, Value indices) {
        List<Object> out = new ArrayList<>(indices.shape().dims());
        out.addAll(table.shape().dims().subList(1, table.shape().rank()));
        return Shape.of(out.toArray());
    }

    /** The last axis longer by a number. */
    static Shape pad(Value x, int more) {
        return x.shape().with(-1, Dimension.plus(x.shape().dim(-1), more));
    }

    /** All axes but the last. */
    static Shape argMax(Value x) {
        return withoutLast(x.shape(), 1);
    }

    // Products of matrices

    /** {@code [..., m, k]} times {@code [..., k, n]}. */
    static Shape matMul(Value left, Value right) {
        Shape a = left.shape();
        Shape b = right.shape();
        Shape batch = b.rank() < 2 || a.rank() < 2 ? null : withoutLast(a, 2).broadcast(withoutLast(b, 2));
        if (batch == null || !Shape.compatible(a.dim(-1), b.dim(-2))) {
            throw Graph.cannotAdd("MatMul", left, "right", b);
        }
        List<Object> out = new ArrayList<>(batch.dims());
        out.add(a.dim(-2));
        out.add(b.dim(-1));
        return Shape.of(out.toArray());
    }

    private static Shape withoutLast(Shape shape, int axes) {
        return Shape.of(shape.dims().subList(0, shape.rank() - axes).toArray());
    }
}
