package io.github.qwen3tts.internal.onnx;

import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.onnx.OnnxProto.AttributeProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.GraphProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.ModelProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.NodeProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.OperatorSetIdProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.TensorProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.TensorShapeProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.TypeProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.ValueInfoProto;
import io.github.qwen3tts.internal.safetensors.DataType;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An ONNX graph under construction, seen from a path. A path such as {@code talker.model.layers.3} names the nodes made
 * through it and finds weights under their published names, so that a node in a profiler trace, a tensor in the
 * checkpoint and a line of Java share one word. For one thread.
 *
 * <p>Weights larger than a few kilobytes are not copied into the graph: it refers to their place in the file.
 */
public final class Graph {

    static final String MICROSOFT = "com.microsoft";

    private static final int OPSET = 21;
    private static final int IR_VERSION = 10;

    /** Below this, a weight is cheaper inside the graph than behind a reference. */
    private static final long INLINE_BYTES = 16 * 1024;

    /** What all views of one graph share. */
    private static final class Draft {
        final String name;
        final List<NodeProto> nodes = new ArrayList<>();
        final List<TensorProto> initializers = new ArrayList<>();
        final List<ValueInfoProto> inputs = new ArrayList<>();
        final List<ValueInfoProto> outputs = new ArrayList<>();
        final Map<String, Value> weights = new HashMap<>();
        final Map<String, ValueInfoProto> shapes = new LinkedHashMap<>();
        final Map<String, Integer> nameCounts = new HashMap<>();
        final Set<String> inputsAndOutputs = new HashSet<>();
        final Safetensors files;
        final Set<Path> weightFiles = new LinkedHashSet<>(); // all in one folder

        Draft(String name, Safetensors files) {
            this.name = name;
            this.files = files;
        }
    }

    private final Draft draft;
    private final String path;

    private Graph(Draft draft, String path) {
        this.draft = draft;
        this.path = path;
    }

    /**
     * An empty graph.
     *
     * @param name    of the graph
     * @param weights where {@link #weight} looks tensors up
     * @return the graph, seen from its root
     */
    public static Graph named(String name, Safetensors weights) {
        return new Graph(new Draft(name, weights), "");
    }

    /**
     * A view of the same graph with a longer path.
     *
     * @param step appended to the path with a dot
     * @return the view
     */
    public Graph at(String step) {
        return new Graph(draft, path.isEmpty() ? step : path + "." + step);
    }

    /**
     * Declares an input.
     *
     * @param name unique in the graph
     * @param type element type
     * @param dims numbers, or names of dimensions known at run time
     * @return the value
     */
    public Value input(String name, ElementType type, Object... dims) {
        Shape shape = Shape.of(dims);
        unique(name);
        draft.inputs.add(valueInfo(name, type, shape));
        return new Value(this, name, type, shape);
    }

    /**
     * Declares an output.
     *
     * @param name  unique in the graph
     * @param value what it delivers
     */
    public void output(String name, Value value) {
        unique(name);
        draft.nodes.add(
                new NodeProto(List.of(value.name()), List.of(name), "output/" + name, "Identity", List.of(), null));
        draft.outputs.add(valueInfo(name, value.type(), value.shape()));
    }

    private void unique(String name) {
        if (!draft.inputsAndOutputs.add(name)) {
            throw new IllegalArgumentException("input or output is declared twice: name=" + name);
        }
    }

    /**
     * A weight of the checkpoint as 32-bit floats, whatever it is stored as.
     *
     * @param name under this view's path, as published
     * @param dims the shape it must have
     * @return the value
     * @throws ModelLoadException if the tensor is missing or has another shape or an unusable type
     */
    public Value weight(String name, Object... dims) {
        return draft.weights.computeIfAbsent(full(name), key -> {
            TensorInfo tensor = tensor(key, Shape.of(dims));
            if (tensor.type() == DataType.F32 && tensor.bytes() > INLINE_BYTES) {
                return external(tensor, ElementType.FLOAT);
            }
            if (tensor.type() == DataType.BF16 && tensor.bytes() > INLINE_BYTES) {
                return external(tensor, ElementType.BFLOAT16).cast(ElementType.FLOAT);
            }
            return constant(key, floats(tensor), Shape.of(tensor.shape()));
        });
    }

    /**
     * A weight of the checkpoint in the element type it is stored as: for tables that are looked up row by row.
     *
     * @param name under this view's path, as published
     * @param dims the shape it must have
     * @return the value
     * @throws ModelLoadException if the tensor is missing or has another shape or an unusable type
     */
    public Value storedWeight(String name, Object... dims) {
        return stored(tensor(full(name), Shape.of(dims)));
    }

    /**
     * A tensor of any file, in the element type it is stored as.
     *
     * @param tensor where it lies
     * @return the value
     * @throws ModelLoadException if its type is unusable, or it lies in another directory than the graph's other weights
     */
    public Value stored(TensorInfo tensor) {
        ElementType type = switch (tensor.type()) {
            case F32 -> ElementType.FLOAT;
            case BF16 -> ElementType.BFLOAT16;
            case I8 -> ElementType.INT8;
            case U8 -> ElementType.UINT8;
            default -> throw new ModelLoadException(Check.message("tensor has an unusable type", "tensor", tensor));
        };
        return draft.weights.computeIfAbsent(tensor.name() + ":stored", key -> external(tensor, type));
    }

    /**
     * A weight's numbers, for constants that are computed from it while the graph is built.
     *
     * @param name under this view's path, as published
     * @param dims the shape it must have
     * @return its elements, row-major
     * @throws ModelLoadException if the tensor is missing or has another shape or an unusable type
     */
    public float[] weightFloats(String name, Object... dims) {
        return floats(tensor(full(name), Shape.of(dims)));
    }

    private TensorInfo tensor(String name, Shape expected) {
        try {
            TensorInfo tensor = draft.files.get(name);
            if (!Shape.of(tensor.shape()).equals(expected)) {
                throw new ModelLoadException(Check.message(
                        "tensor has another shape than the configuration says",
                        "tensor",
                        name,
                        "expected",
                        expected,
                        "actual",
                        tensor.shape(),
                        "file",
                        tensor.file()));
            }
            return tensor;
        } catch (IOException e) {
            throw new ModelLoadException(e.getMessage(), e);
        }
    }

    private static float[] floats(TensorInfo tensor) {
        try {
            return Safetensors.readFloats(tensor);
        } catch (IOException e) {
            throw new ModelLoadException(e.getMessage(), e);
        }
    }

    private Value external(TensorInfo tensor, ElementType type) {
        Path file;
        try {
            file = tensor.file().toRealPath(); // the runtime refuses links that lead out of the folder
        } catch (IOException e) {
            throw new ModelLoadException("cannot read: file=" + tensor.file(), e);
        }
        for (Path other : draft.weightFiles) {
            if (!other.getParent().equals(file.getParent())) {
                throw new ModelLoadException(Check.message(
                        "all shards of a model must lie in one directory",
                        "directory",
                        other.getParent(),
                        "file",
                        file));
            }
        }
        draft.weightFiles.add(file);
        Shape shape = Shape.of(tensor.shape());
        draft.initializers.add(TensorProto.external(
                shape.allKnown(), type, tensor.name(), file.getFileName().toString(), tensor.offset(), tensor.bytes()));
        return new Value(this, tensor.name(), type, shape);
    }

    /**
     * A constant of floats.
     *
     * @param name   says what it is; made unique
     * @param values row-major
     * @param dims   the shape
     * @return the value
     */
    public Value floats(String name, float[] values, Object... dims) {
        return constant(full(name), values, Shape.of(dims));
    }

    /**
     * One float.
     *
     * @param value the number
     * @return a value without dimensions
     */
    public Value scalar(float value) {
        return draft.weights.computeIfAbsent("scalar/" + value, key -> constant(key, new float[] {value}, Shape.of()));
    }

    /**
     * A constant of 64-bit integers.
     *
     * @param values the elements
     * @return a value of one dimension
     */
    public Value longs(long... values) {
        StringBuilder key = new StringBuilder("longs");
        for (long value : values) {
            key.append('/').append(value);
        }
        return draft.weights.computeIfAbsent(key.toString(), name -> {
            ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asLongBuffer().put(values);
            return inline(name, ElementType.INT64, Shape.of((long) values.length), bytes);
        });
    }

    private Value constant(String name, float[] values, Shape shape) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return inline(name, ElementType.FLOAT, shape, bytes);
    }

    private Value inline(String name, ElementType type, Shape shape, ByteBuffer bytes) {
        String unique = fresh(name);
        if (shape.elements() * type.bytes() != bytes.capacity()) {
            throw new IllegalArgumentException("constant does not fill its shape: name=" + name + ", shape=" + shape
                    + ", bytes=" + bytes.capacity());
        }
        draft.initializers.add(TensorProto.inline(shape.allKnown(), type, unique, bytes.array()));
        return new Value(this, unique, type, shape);
    }

    /** Starts a node; see {@link Node}. */
    Node node(String operator) {
        return new Node(this, operator, "");
    }

    /** Starts a node of the runtime's own domain. */
    Node microsoft(String operator) {
        return new Node(this, operator, MICROSOFT);
    }

    /** A name under this path that nothing has yet. */
    private String fresh(String name) {
        int count = draft.nameCounts.merge(name, 1, Integer::sum);
        return count == 1 ? name : name + "_" + count;
    }

    private String full(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /**
     * Where in the model this view stands.
     *
     * @return the path, empty at the root
     */
    public String path() {
        return path;
    }

    /**
     * Serialises the graph.
     *
     * @return the model
     */
    public OnnxModel finish() {
        GraphProto graph = new GraphProto(
                draft.nodes,
                draft.name,
                draft.initializers,
                draft.inputs,
                draft.outputs,
                List.copyOf(draft.shapes.values()));
        ModelProto model = new ModelProto(
                IR_VERSION,
                "qwen3tts",
                graph,
                List.of(new OperatorSetIdProto("", OPSET), new OperatorSetIdProto(MICROSOFT, 1)));
        return new OnnxModel(draft.name, ProtoWriter.write(draft.name, model), List.copyOf(draft.weightFiles));
    }

    /**
     * Tells the runtime a shape; behind a reshaping or a look-up it would know none. Of tensors that it knows to be alike,
     * one takes over the memory of another, which is then still in the cache of the CPU that fills it. What is stated
     * last counts.
     */
    void tellShape(Value value) {
        if (value.shape().isNamed()) {
            draft.shapes.put(value.name(), valueInfo(value.name(), value.type(), value.shape()));
        }
    }

    private static ValueInfoProto valueInfo(String name, ElementType type, Shape shape) {
        TensorShapeProto dims = new TensorShapeProto(
                shape.dims().stream().map(TensorShapeProto.Dimension::new).toList());
        return new ValueInfoProto(name, new TypeProto(new TypeProto.Tensor(type, dims)));
    }

    /** One node under construction: inputs and attributes in, values out. */
    static final class Node {

        private final Graph graph;
        private final String operator;
        private final String domain;
        private final String name;
        private final List<String> inputs = new ArrayList<>();
        private final List<String> outputs = new ArrayList<>();
        private final List<AttributeProto> attributes = new ArrayList<>();

        private Node(Graph graph, String operator, String domain) {
            this.graph = graph;
            this.operator = operator;
            this.domain = domain;
            this.name = graph.fresh(graph.full(operator));
        }

        Node in(Value... values) {
            for (Value value : values) {
                inputs.add(value == null ? "" : value.name()); // an optional input left out
            }
            return this;
        }

        Node with(String attribute, long value) {
            return with(AttributeProto.of(attribute, value));
        }

        Node with(String attribute, float value) {
            return with(AttributeProto.of(attribute, value));
        }

        Node with(String attribute, String value) {
            return with(AttributeProto.of(attribute, value));
        }

        Node with(String attribute, long[] values) {
            return with(AttributeProto.of(attribute, values));
        }

        private Node with(AttributeProto attribute) {
            attributes.add(attribute);
            return this;
        }

        /** The node's next output. */
        Value out(ElementType type, Shape shape) {
            String output = name + ":" + outputs.size();
            outputs.add(output);
            Value value = new Value(graph, output, type, shape);
            graph.tellShape(value);
            return value;
        }

        /** An output nobody asks for. */
        Node skipOutput() {
            outputs.add("");
            return this;
        }

        /** Adds the node to its graph, now that all outputs are known. */
        void add() {
            graph.draft.nodes.add(new NodeProto(inputs, outputs, name, operator, attributes, domain));
        }

        /** Adds a node of one output. */
        Value one(ElementType type, Shape shape) {
            Value value = out(type, shape);
            add();
            return value;
        }
    }

    /** A refusal that names the node and the shapes it was given. */
    static IllegalArgumentException cannotAdd(String operator, Value left, Object... namesAndValues) {
        List<Object> all = new ArrayList<>(List.of("at", left.graph().path(), "left", left.shape()));
        all.addAll(List.of(namesAndValues));
        return new IllegalArgumentException(Check.message("cannot add " + operator, all.toArray()));
    }
}
