package io.github.qwen3tts.internal.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The result of a node, a weight or an input, with its type and shape. Operators make new nodes in the graph and refuse
 * operands whose shapes cannot fit, naming the path and the shapes.
 */
public final class Value {

    private final Graph graph;
    private final String name;
    private final ElementType type;
    private final Shape shape;

    Value(Graph graph, String name, ElementType type, Shape shape) {
        this.graph = graph;
        this.name = name;
        this.type = type;
        this.shape = shape;
    }

    Graph graph() {
        return graph;
    }

    String name() {
        return name;
    }

    /**
     * What the elements are.
     *
     * @return the element type
     */
    public ElementType type() {
        return type;
    }

    /**
     * The dimensions.
     *
     * @return numbers and names
     */
    public Shape shape() {
        return shape;
    }

    /**
     * The same value, whose next operators are named by another path.
     *
     * @param view a view of the graph this value belongs to
     * @return the same value
     */
    public Value in(Graph view) {
        return new Value(view, name, type, shape);
    }

    /**
     * States the shape, to the reader and to the runtime, which keeps tensors of one shape in the same memory. Only numbers
     * are checked; a name must stand for the same number wherever it is used in the graph.
     *
     * @param dims numbers, or names where no number is known
     * @return the same value with these dimensions
     */
    public Value as(Object... dims) {
        Shape stated = Shape.of(dims);
        if (!shape.compatible(stated) || stated.isNamedWhereKnown(shape)) {
            throw Graph.cannotAdd("shape", this, "stated", stated);
        }
        Value value = new Value(graph, name, type, stated);
        graph.tellShape(value);
        return value;
    }

    /**
     * {@link #as States} how many rows there are.
     *
     * @param that value that has more rows
     * @param more by how many
     * @return the same value with that first dimension
     */
    public Value asRowsOf(Value that, int more) {
        return as(shape.with(0, Dimension.plus(that.shape.dim(0), -more)).dims().toArray());
    }

    // Element by element

    /**
     * Sum.
     *
     * @param that broadcast against this
     * @return {@code this + that}
     */
    public Value plus(Value that) {
        return elementwise("Add", that);
    }

    /**
     * Sum with a number.
     *
     * @param number added to every element
     * @return {@code this + number}
     */
    public Value plus(float number) {
        return plus(graph.scalar(number));
    }

    /**
     * Difference.
     *
     * @param that broadcast against this
     * @return {@code this - that}
     */
    public Value minus(Value that) {
        return elementwise("Sub", that);
    }

    /**
     * Product.
     *
     * @param that broadcast against this
     * @return {@code this * that}
     */
    public Value times(Value that) {
        return elementwise("Mul", that);
    }

    /**
     * Product with a number.
     *
     * @param number multiplies every element
     * @return {@code this * number}
     */
    public Value times(float number) {
        return times(graph.scalar(number));
    }

    /**
     * Quotient.
     *
     * @param that broadcast against this
     * @return {@code this / that}
     */
    public Value over(Value that) {
        return elementwise("Div", that);
    }

    /**
     * The larger of each pair.
     *
     * @param number compared with every element
     * @return {@code max(this, number)}
     */
    public Value atLeast(float number) {
        return elementwise("Max", graph.scalar(number));
    }

    /**
     * The smaller of each pair.
     *
     * @param that broadcast against this
     * @return {@code min(this, that)}
     */
    public Value atMost(Value that) {
        return elementwise("Min", that);
    }

    /**
     * Limits every element.
     *
     * @param low  lower bound
     * @param high upper bound
     * @return {@code min(max(this, low), high)}
     */
    public Value clamp(float low, float high) {
        return graph.node("Clip")
                .in(this, graph.scalar(low), graph.scalar(high))
                .one(type, shape);
    }

    private Value elementwise(String operator, Value that) {
        Shape out = shape.broadcast(that.shape);
        if (out == null || type != that.type) {
            throw Graph.cannotAdd(operator, this, "right", that.shape, "types", type + "/" + that.type);
        }
        return graph.node(operator).in(this, that).one(type, out);
    }

    /**
     * Square root of every element.
     *
     * @return {@code sqrt(this)}
     */
    public Value sqrt() {
        return unary("Sqrt");
    }

    /**
     * Hyperbolic tangent of every element.
     *
     * @return {@code tanh(this)}
     */
    public Value tanh() {
        return unary("Tanh");
    }

    /**
     * Logistic function of every element.
     *
     * @return {@code 1 / (1 + e^-this)}
     */
    public Value sigmoid() {
        return unary("Sigmoid");
    }

    /**
     * Rectifier.
     *
     * @return {@code max(this, 0)}
     */
    public Value relu() {
        return unary("Relu");
    }

    /**
     * Exponential linear unit.
     *
     * @return {@code this > 0 ? this : e^this - 1}
     */
    public Value elu() {
        return unary("Elu");
    }

    /**
     * Nearest whole number, halves to even.
     *
     * @return {@code round(this)}
     */
    public Value round() {
        return unary("Round");
    }

    /**
     * Gaussian error linear unit, by the error function and not by its tanh approximation.
     *
     * @return {@code 0.5 * this * (1 + erf(this / sqrt(2)))}
     */
    public Value gelu() {
        return unary("Gelu");
    }

    /**
     * Sigmoid linear unit, as the one node the runtime has for it.
     *
     * @return {@code this * sigmoid(this)}
     */
    public Value silu() {
        return graph.microsoft("QuickGelu").in(this).with("alpha", 1f).one(type, shape);
    }

    private Value unary(String operator) {
        return graph.node(operator).in(this).one(type, shape);
    }

    /**
     * The same numbers in another type.
     *
     * @param target the type
     * @return the converted value; this one if nothing changes
     */
    public Value cast(ElementType target) {
        return target == type
                ? this
                : graph.node("Cast").in(this).with("to", target.code()).one(target, shape);
    }

    // Shapes

    /**
     * The same elements under other dimensions.
     *
     * @param dims a number, 0 to keep the dimension at this place, -1 at most once for whatever is left
     * @return the value
     */
    public Value reshape(long... dims) {
        Object[] out = new Object[dims.length];
        int inferred = -1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == -1) {
                inferred = i;
            }
            out[i] = dims[i] == 0 ? shape.dim(i) : dims[i] == -1 ? Dimension.UNKNOWN : Long.valueOf(dims[i]);
        }
        if (inferred >= 0) {
            out[inferred] = whatIsLeft(out, inferred);
        }
        Shape target = Shape.of(out);
        if (shape.isAllKnown() && !(target.isAllKnown() && target.elements() == shape.elements())) {
            throw Graph.cannotAdd("Reshape", this, "to", Arrays.toString(dims));
        }
        return graph.node("Reshape").in(this, graph.longs(dims)).one(type, target);
    }

    /** The dimension that -1 stands for: a name if just that one name is left over, else a number or unknown. */
    private Object whatIsLeft(Object[] out, int inferred) {
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

    /**
     * Reorders the axes.
     *
     * @param axes the old axis at each new place
     * @return the value
     */
    public Value transpose(int... axes) {
        Object[] out = new Object[axes.length];
        for (int i = 0; i < axes.length; i++) {
            out[i] = shape.dim(axes[i]);
        }
        if (Arrays.stream(axes).distinct().count() != shape.rank()) {
            throw Graph.cannotAdd("Transpose", this, "axes", Arrays.toString(axes));
        }
        return graph.node("Transpose")
                .in(this)
                .with("perm", Arrays.stream(axes).asLongStream().toArray())
                .one(type, Shape.of(out));
    }

    /**
     * Joins values along an axis.
     *
     * @param axis   along which they may differ
     * @param values one or more, of equal type and rank
     * @return the value
     */
    public static Value concat(int axis, Value... values) {
        Value first = values[0];
        if (values.length == 1) {
            return first;
        }
        Object sum = 0L;
        Shape out = first.shape;
        for (Value value : values) {
            sum = Dimension.sum(sum, value.shape.dim(axis));
            if (value.type != first.type || !value.shape.with(axis, 1L).compatible(first.shape.with(axis, 1L))) {
                throw Graph.cannotAdd("Concat", first, "axis", axis, "right", value.shape);
            }
        }
        return first.graph.node("Concat").in(values).with("axis", axis).one(first.type, out.with(axis, sum));
    }

    /**
     * Cuts into parts along an axis.
     *
     * @param axis  the axis
     * @param sizes of the parts; they add up to the dimension
     * @return as many values
     */
    public Value[] split(int axis, long... sizes) {
        if (shape.isKnown(axis) && shape.known(axis) != Arrays.stream(sizes).sum()) {
            throw Graph.cannotAdd("Split", this, "axis", axis, "sizes", Arrays.toString(sizes));
        }
        Graph.Node node = graph.node("Split").in(this, graph.longs(sizes)).with("axis", axis);
        Value[] parts = new Value[sizes.length];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = node.out(type, shape.with(axis, sizes[i]));
        }
        node.add();
        return parts;
    }

    /**
     * Cuts the rows into equal parts.
     *
     * @param parts how many; they divide the number of rows
     * @return the parts
     */
    public Value[] splitRows(int parts) {
        if (shape.isKnown(0) && shape.known(0) % parts != 0) {
            throw Graph.cannotAdd("Split", this, "axis", 0, "parts", parts);
        }
        Graph.Node node = graph.node("Split").in(this).with("axis", 0).with("num_outputs", parts);
        Object rows = Dimension.over(shape.dim(0), parts);
        Value[] out = new Value[parts];
        for (int i = 0; i < parts; i++) {
            out[i] = node.out(type, shape.with(0, rows));
        }
        node.add();
        return out;
    }

    /**
     * A range of one axis.
     *
     * @param axis the axis
     * @param from first index; negative counts from the end
     * @param to   index after the last; negative counts from the end, {@link Integer#MAX_VALUE} is the end
     * @return the value
     */
    public Value slice(int axis, int from, int to) {
        Object dim;
        if (shape.isKnown(axis)) {
            long size = shape.known(axis);
            long begin = Math.max(0, from < 0 ? from + size : from);
            long end = Math.min(size, to < 0 ? to + size : to);
            dim = Math.max(0, end - begin);
        } else if (from < 0 && to == Integer.MAX_VALUE) {
            dim = (long) -from; // holds if there are that many, which the caller sees to
        } else {
            dim = Dimension.range(shape.dim(axis), from, to);
        }
        return graph.node("Slice")
                .in(this, graph.longs(from), graph.longs(to), graph.longs(axis))
                .one(type, shape.with(axis, dim));
    }

    /**
     * The first rows.
     *
     * @param count how many, one 64-bit integer
     * @return the value
     */
    public Value first(Value count) {
        return graph.node("Slice")
                .in(this, graph.longs(0), count, graph.longs(0))
                .one(type, shape.with(0, Dimension.UNKNOWN));
    }

    /**
     * The last rows of an axis.
     *
     * @param axis  the axis, at least {@code count} long
     * @param count how many
     * @return the value
     */
    public Value last(int axis, int count) {
        if (shape.isKnown(axis) && shape.known(axis) < count) {
            throw Graph.cannotAdd("Slice", this, "axis", axis, "last", count);
        }
        return slice(axis, -count, Integer.MAX_VALUE);
    }

    /**
     * Looks rows of this table up.
     *
     * @param indices of rows
     * @return the rows in place of their indices
     */
    public Value gather(Value indices) {
        List<Object> out = new ArrayList<>(indices.shape.dims());
        out.addAll(shape.dims().subList(1, shape.rank()));
        return graph.node("Gather").in(this, indices).with("axis", 0).one(type, Shape.of(out.toArray()));
    }

    /**
     * How many rows there are at run time.
     *
     * @return one 64-bit integer, {@code [1]}
     */
    public Value rows() {
        return graph.node("Shape").in(this).with("end", 1).one(ElementType.INT64, Shape.of(1));
    }

    /**
     * The numbers below this one, from zero up: the indices of as many rows.
     *
     * @return of one 64-bit integer n: 0 to n - 1, {@code [n]}
     */
    public Value indices() {
        Value first = graph.longs(0).reshape();
        Value step = graph.longs(1).reshape();
        return graph.node("Range").in(first, reshape(), step).one(ElementType.INT64, Shape.of(Dimension.UNKNOWN));
    }

    /** How {@link #pad} fills. */
    public enum Padding {
        /** With zeros. */
        ZERO("constant"),
        /** With the first and the last element. */
        REPLICATE("edge"),
        /** With the mirror image, the edge itself left out. */
        REFLECT("reflect");

        private final String mode;

        Padding(String mode) {
            this.mode = mode;
        }
    }

    /**
     * Lengthens the last axis.
     *
     * @param padding what with
     * @param left    elements in front
     * @param right   elements behind
     * @return the value
     */
    public Value pad(Padding padding, int left, int right) {
        Object dim =
                shape.isKnown(-1) ? (Object) (shape.known(-1) + left + right) : shape.dim(-1) + "+" + (left + right);
        return graph.node("Pad")
                .in(this, graph.longs(left, right), null, graph.longs(-1))
                .with("mode", padding.mode)
                .one(type, shape.with(-1, dim));
    }

    /**
     * Sliding windows over the rows of a matrix, as convolutions over time take them.
     *
     * @param kernel   rows in a window
     * @param dilation rows from one to the next
     * @return of {@code [time, width]}: {@code [time - (kernel - 1) * dilation, kernel * width]}, the rows of a window
     *     side by side
     */
    public Value windows(int kernel, int dilation) {
        if (kernel == 1) {
            return this;
        }
        int reach = (kernel - 1) * dilation;
        long[] offsets = new long[kernel];
        for (int i = 0; i < kernel; i++) {
            offsets[i] = (long) i * dilation;
        }
        long width = shape.known(1);
        Object count = Dimension.plus(shape.dim(0), -reach);
        Value starts = rows().minus(graph.longs(reach)).indices().as(count);
        Value places = starts.reshape(-1, 1).plus(graph.longs(offsets)); // [count, kernel]
        return gather(places).reshape(-1, kernel * width).as(count, kernel * width);
    }

    // Sums over axes

    /**
     * Mean over an axis, which stays with length 1.
     *
     * @param axis the axis
     * @return the value
     */
    public Value mean(int axis) {
        return reduce("ReduceMean", axis);
    }

    /**
     * Sum over an axis, which stays with length 1.
     *
     * @param axis the axis
     * @return the value
     */
    public Value sum(int axis) {
        return reduce("ReduceSum", axis);
    }

    private Value reduce(String operator, int axis) {
        return graph.node(operator)
                .in(this, graph.longs(axis))
                .with("keepdims", 1)
                .one(type, shape.with(axis, 1L));
    }

    /**
     * Exponentials that add up to 1.
     *
     * @param axis along which they do
     * @return the value
     */
    public Value softmax(int axis) {
        return graph.node("Softmax").in(this).with("axis", shape.axis(axis)).one(type, shape);
    }

    /**
     * The place of the largest element of the last axis, the first one on ties.
     *
     * @return 64-bit indices, without the last axis
     */
    public Value argMax() {
        return graph.node("ArgMax")
                .in(this)
                .with("axis", -1)
                .with("keepdims", 0)
                .one(
                        ElementType.INT64,
                        Shape.of(shape.dims().subList(0, shape.rank() - 1).toArray()));
    }

    // Products of matrices

    /**
     * Matrix product over the last two axes; the others are broadcast.
     *
     * @param that {@code [..., k, n]}; this is {@code [..., m, k]}
     * @return {@code [..., m, n]}
     */
    public Value matMul(Value that) {
        Shape batch = that.shape.rank() < 2 || shape.rank() < 2
                ? null
                : leading(shape).broadcast(leading(that.shape));
        if (batch == null || !Shape.compatible(shape.dim(-1), that.shape.dim(-2))) {
            throw Graph.cannotAdd("MatMul", this, "right", that.shape);
        }
        List<Object> out = new ArrayList<>(batch.dims());
        out.add(shape.dim(-2));
        out.add(that.shape.dim(-1));
        return graph.node("MatMul").in(this, that).one(type, Shape.of(out.toArray()));
    }

    private static Shape leading(Shape shape) {
        return Shape.of(shape.dims().subList(0, shape.rank() - 2).toArray());
    }
}
