package io.github.qwen3tts.internal.onnx;

import java.util.Arrays;
import java.util.Collections;
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
        Value value = new Value(graph, name, type, ShapeInference.stated(this, dims));
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
        Shape out = ShapeInference.elementwise(operator, this, that);
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
        Shape out = ShapeInference.reshape(this, dims);
        return graph.node("Reshape").in(this, graph.longs(dims)).one(type, out);
    }

    /**
     * Reorders the axes.
     *
     * @param axes the old axis at each new place
     * @return the value
     */
    public Value transpose(int... axes) {
        Shape out = ShapeInference.transpose(this, axes);
        return graph.node("Transpose")
                .in(this)
                .with("perm", Arrays.stream(axes).asLongStream().toArray())
                .one(type, out);
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
        Shape out = ShapeInference.concat(axis, values);
        return first.graph.node("Concat").in(values).with("axis", axis).one(first.type, out);
    }

    /**
     * Cuts into parts along an axis.
     *
     * @param axis  the axis
     * @param sizes of the parts; they add up to the dimension
     * @return as many values
     */
    public Value[] split(int axis, long... sizes) {
        List<Shape> out = ShapeInference.split(this, axis, sizes);
        return parts(graph.node("Split").in(this, graph.longs(sizes)).with("axis", axis), out);
    }

    private Value[] parts(Graph.Node split, List<Shape> shapes) {
        Value[] parts = shapes.stream().map(part -> split.out(type, part)).toArray(Value[]::new);
        split.add();
        return parts;
    }

    /**
     * Cuts the rows into equal parts.
     *
     * @param parts how many; they divide the number of rows
     * @return the parts
     */
    public Value[] splitRows(int parts) {
        List<Shape> out = Collections.nCopies(parts, ShapeInference.splitRows(this, parts));
        return parts(graph.node("Split").in(this).with("axis", 0).with("num_outputs", parts), out);
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
        return slice(axis, from, to, ShapeInference.slice(this, axis, from, to));
    }

    private Value slice(int axis, int from, int to, Shape out) {
        return graph.node("Slice")
                .in(this, graph.longs(from), graph.longs(to), graph.longs(axis))
                .one(type, out);
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
        return slice(axis, -count, Integer.MAX_VALUE, ShapeInference.last(this, axis, count));
    }

    /**
     * Looks rows of this table up.
     *
     * @param indices of rows
     * @return the rows in place of their indices
     */
    public Value gather(Value indices) {
        Shape out = ShapeInference.gather(this, indices);
        return graph.node("Gather").in(this, indices).with("axis", 0).one(type, out);
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
        Shape out = ShapeInference.pad(this, left + right);
        return graph.node("Pad")
                .in(this, graph.longs(left, right), null, graph.longs(-1))
                .with("mode", padding.mode)
                .one(type, out);
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
        Shape out = ShapeInference.argMax(this);
        return graph.node("ArgMax")
                .in(this)
                .with("axis", -1)
                .with("keepdims", 0)
                .one(ElementType.INT64, out);
    }

    // Products of matrices

    /**
     * Matrix product over the last two axes; the others are broadcast.
     *
     * @param that {@code [..., k, n]}; this is {@code [..., m, k]}
     * @return {@code [..., m, n]}
     */
    public Value matMul(Value that) {
        Shape out = ShapeInference.matMul(this, that);
        return graph.node("MatMul").in(this, that).one(type, out);
    }
}
