package io.github.qwen3tts.internal.model.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.onnx.OnnxModel;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The runtime lays tensors whose shapes have equal names into the same memory, so the names must be true. */
class GraphShapesTest {

    private static final Checkpoint CHECKPOINT = Checkpoint.open(GoldenFiles.path("checkpoints/mini-base"));
    private static final int CAPACITY = 64;

    static Stream<OnnxModel> graphs() {
        return Stream.of(
                TextProjectionGraph.build(CHECKPOINT),
                TalkerGraph.build(CHECKPOINT, Projections.FLOAT32, TalkerGraph.Taps.NONE),
                CodePredictorGraph.layers(CHECKPOINT, Projections.FLOAT32),
                CodePredictorGraph.head(CHECKPOINT, Projections.FLOAT32, 0),
                CodecDecoderGraph.embeddings(CHECKPOINT).model(),
                CodecDecoderGraph.latents(CHECKPOINT, CodecMatrices.FLOAT32).model(),
                CodecDecoderGraph.samples(CHECKPOINT, CodecMatrices.FLOAT32).model(),
                CodecEncoderGraph.rows(CHECKPOINT, CodecEncoderGraph.Span.values()[0])
                        .model(),
                CodecEncoderGraph.rows(CHECKPOINT, CodecEncoderGraph.Span.values()[1])
                        .model(),
                CodecEncoderGraph.codes(CHECKPOINT),
                SpeakerEncoderGraph.build(CHECKPOINT));
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void aNameOfADimensionStandsForOneNumber(OnnxModel model) throws Exception {
        GraphProto.Builder graph = ModelProto.parseFrom(model.bytes()).getGraph().toBuilder();
        Set<String> outputs =
                graph.getOutputList().stream().map(ValueInfoProto::getName).collect(Collectors.toSet());
        assertFalse(graph.getValueInfoList().isEmpty());
        graph.getValueInfoList().stream()
                .filter(value -> !outputs.contains(value.getName()))
                .forEach(graph::addOutput);
        byte[] allShown = ModelProto.parseFrom(model.bytes()).toBuilder()
                .setGraph(graph)
                .build()
                .toByteArray();
        OrtRuntime.start(new OrtRuntime.Threads(2, false)); // the first one decides how the environment is made
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            if (model.weightsFolder().isPresent()) {
                options.addConfigEntry(
                        "session.model_external_initializers_file_folder_path",
                        model.weightsFolder().get().toString());
            }
            try (OrtSession session = OrtEnvironment.getEnvironment().createSession(allShown, options)) {
                for (int time : new int[] {3, 8}) {
                    check(model.name(), graph, session, time);
                }
            }
        }
    }

    private static void check(String name, GraphProto.Builder graph, OrtSession session, int time) throws OrtException {
        Map<String, Long> sizes = new HashMap<>();
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try (Scope owned = new Scope()) {
            for (ValueInfoProto input : graph.getInputList()) {
                long[] shape = input.getType().getTensorType().getShape().getDimList().stream()
                        .mapToLong(dim -> size(name, dim, time))
                        .toArray();
                inputs.put(input.getName(), owned.own(tensor(input, shape, time)));
                put(sizes, input, shape);
            }
            try (OrtSession.Result result = session.run(inputs)) {
                for (ValueInfoProto told : graph.getValueInfoList()) {
                    OnnxValue value = result.get(told.getName()).orElseThrow();
                    put(sizes, told, ((TensorInfo) value.getInfo()).getShape());
                }
            }
        }
    }

    private static long size(String graph, TensorShapeProto.Dimension dim, int time) {
        return switch (dim.getDimParam()) {
            case "" -> dim.getDimValue();
            case "time" -> graph.contains("encoder_rows") ? 1920L * time : time;
            case "window+time" -> CHECKPOINT.codec().decoder().window() - 1 + time;
            case "positions", "capacity" -> CAPACITY;
            case "frames" -> 40 + time;
            case "tokens" -> time;
            default -> throw new AssertionError("new name of an input's dimension: " + dim.getDimParam());
        };
    }

    /** Numbers that any graph takes: the first {@code time} positions of a stream, and zeros. */
    private static OnnxTensor tensor(ValueInfoProto input, long[] shape, int time) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        TypeProto.Tensor type = input.getType().getTensorType();
        int number = switch (input.getName()) {
            case "last_index" -> time - 1;
            case "total_tokens" -> time;
            default -> 0;
        };
        if (type.getElemType() == TensorProto.DataType.FLOAT_VALUE) {
            return OnnxTensor.createTensor(environment, FloatBuffer.allocate(count), shape);
        }
        return type.getElemType() == TensorProto.DataType.INT32_VALUE
                ? OnnxTensor.createTensor(environment, IntBuffer.allocate(count).put(0, number), shape)
                : OnnxTensor.createTensor(
                        environment, LongBuffer.allocate(count).put(0, number), shape);
    }

    private static void put(Map<String, Long> sizes, ValueInfoProto told, long[] shape) {
        TensorShapeProto dims = told.getType().getTensorType().getShape();
        assertEquals(dims.getDimCount(), shape.length, told.getName());
        for (int i = 0; i < shape.length; i++) {
            TensorShapeProto.Dimension dim = dims.getDim(i);
            long expected = dim.hasDimValue() ? dim.getDimValue() : sizes.computeIfAbsent(dim.getDimParam(), n -> -1L);
            if (expected < 0) {
                sizes.put(dim.getDimParam(), shape[i]);
            } else {
                assertEquals(expected, shape[i], told.getName() + ", dimension " + i + ", " + dim.getDimParam());
            }
        }
    }
}
