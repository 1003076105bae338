package io.github.qwen3tts.internal.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The dimensions of a value, each a number or, where it is only known at run time, a name. In one graph, a name stands for
 * one number in a run. Two names may turn out to be equal, so only a conflict of two numbers is refused.
 */
public final class Shape {

    private final List<Object> dims;

    private Shape(List<Object> dims) {
        this.dims = dims;
    }

    /**
     * A shape of numbers and names.
     *
     * @param dims integers {@code >= 0}, or strings naming a dimension known at run time
     * @return the shape
     */
    public static Shape of(Object... dims) {
        return new Shape(Arrays.stream(dims)
                .map(dim -> {
                    if (dim instanceof Integer n) {
                        return (Object) n.longValue();
                    }
                    if (dim instanceof Long || dim instanceof String) {
                        return dim;
                    }
                    throw new IllegalArgumentException("dimension must be a number or a name: " + dim);
                })
                .toList());
    }

    static Shape of(List<Long> dims) {
        return new Shape(List.copyOf(dims));
    }

    int rank() {
        return dims.size();
    }

    List<Object> dims() {
        return dims;
    }

    /** Axis counted from the front, whichever way it was given. */
    int axis(int axis) {
        int front = axis < 0 ? axis + rank() : axis;
        if (front < 0 || front >= rank()) {
            throw new IllegalArgumentException("axis out of range: axis=" + axis + ", shape=" + this);
        }
        return front;
    }

    Object dim(int axis) {
        return dims.get(axis(axis));
    }

    boolean isKnown(int axis) {
        return dim(axis) instanceof Long;
    }

    /**
     * A dimension that is a number.
     *
     * @param axis from the front, or from the end if negative
     * @return the number
     */
    public long known(int axis) {
        if (dim(axis) instanceof Long n) {
            return n;
        }
        throw new IllegalArgumentException("dimension must be known: axis=" + axis + ", shape=" + this);
    }

    boolean isAllKnown() {
        return dims.stream().allMatch(Long.class::isInstance);
    }

    /** Whether the runtime can be told: every dimension is a number, or a name that stands for one number. */
    boolean isNamed() {
        return dims.stream().allMatch(Dimension::isNamed);
    }

    /** Whether this has a name where that has a number. */
    boolean isNamedWhereKnown(Shape that) {
        for (int i = 0; i < rank(); i++) {
            if (that.isKnown(i) && !isKnown(i)) {
                return true;
            }
        }
        return false;
    }

    /** The product of all dimensions, which are known. */
    long elements() {
        return Arrays.stream(allKnown()).reduce(1, Math::multiplyExact);
    }

    long[] allKnown() {
        long[] known = new long[rank()];
        for (int i = 0; i < known.length; i++) {
            known[i] = known(i);
        }
        return known;
    }

    Shape with(int axis, Object dim) {
        Object[] changed = dims.toArray();
        changed[axis(axis)] = dim;
        return of(changed);
    }

    /** The dimensions of {@code this op that}, numpy rules; null if they conflict. */
    Shape broadcast(Shape that) {
        int rank = Math.max(rank(), that.rank());
        Object[] out = new Object[rank];
        for (int i = 1; i <= rank; i++) {
            Object a = i <= rank() ? dims.get(rank() - i) : Long.valueOf(1);
            Object b = i <= that.rank() ? that.dims.get(that.rank() - i) : Long.valueOf(1);
            if (a.equals(1L)) {
                out[rank - i] = b;
            } else if (b.equals(1L) || a.equals(b) || b instanceof String) {
                out[rank - i] = a;
            } else if (a instanceof String) {
                out[rank - i] = b;
            } else {
                return null;
            }
        }
        return of(out);
    }

    /** False if two numbers conflict. */
    static boolean compatible(Object a, Object b) {
        return a instanceof String || b instanceof String || a.equals(b);
    }

    boolean compatible(Shape that) {
        if (rank() != that.rank()) {
            return false;
        }
        for (int i = 0; i < rank(); i++) {
            if (!compatible(dims.get(i), that.dims.get(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape that && dims.equals(that.dims);
    }

    @Override
    public int hashCode() {
        return dims.hashCode();
    }

    @Override
    public String toString() {
        return dims.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
    }
}
