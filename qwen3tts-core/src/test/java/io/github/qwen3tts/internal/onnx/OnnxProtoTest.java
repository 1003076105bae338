package io.github.qwen3tts.internal.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import com.google.protobuf.GeneratedMessageV3;
import com.google.protobuf.InvalidProtocolBufferException;
import io.github.qwen3tts.internal.onnx.OnnxProto.AttributeProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.GraphProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.ModelProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.NodeProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.OperatorSetIdProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.StringStringEntryProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.TensorProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.TensorShapeProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.TypeProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.ValueInfoProto;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every message, against ONNX's generated classes: they write the same bytes, and read what was meant. */
class OnnxProtoTest {

    private static final OnnxMl.AttributeProto.Builder ATTRIBUTE =
            OnnxMl.AttributeProto.newBuilder().setName("größe");

    @Test
    void attributeIsAFloat() throws InvalidProtocolBufferException {
        assertSame(
                ATTRIBUTE
                        .clone()
                        .setType(OnnxMl.AttributeProto.AttributeType.FLOAT)
                        .setF(1e-6f),
                AttributeProto.of("größe", 1e-6f));
    }

    @Test
    void attributeIsAnInteger() throws InvalidProtocolBufferException {
        for (long value : new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertSame(
                    ATTRIBUTE
                            .clone()
                            .setType(OnnxMl.AttributeProto.AttributeType.INT)
                            .setI(value),
                    AttributeProto.of("größe", value));
        }
    }

    @Test
    void attributeIsAText() throws InvalidProtocolBufferException {
        for (String value : List.of("", "edge", "声\uD83D\uDD0A")) {
            assertSame(
                    ATTRIBUTE
                            .clone()
                            .setType(OnnxMl.AttributeProto.AttributeType.STRING)
                            .setS(ByteString.copyFromUtf8(value)),
                    AttributeProto.of("größe", value));
        }
    }

    @Test
    void attributeIsAListOfIntegers() throws InvalidProtocolBufferException {
        assertSame(
                ATTRIBUTE
                        .clone()
                        .setType(OnnxMl.AttributeProto.AttributeType.INTS)
                        .addAllInts(List.of(0L, -2L, 300L)),
                AttributeProto.of("größe", new long[] {0, -2, 300}));
        assertSame(
                ATTRIBUTE.clone().setType(OnnxMl.AttributeProto.AttributeType.INTS),
                AttributeProto.of("größe", new long[0]));
    }

    @ParameterizedTest
    @EnumSource
    void elementTypeHasItsNumber(ElementType type) throws InvalidProtocolBufferException {
        assertSame(
                OnnxMl.TypeProto.Tensor.newBuilder()
                        .setElemType(
                                OnnxMl.TensorProto.DataType.valueOf(type.name()).getNumber())
                        .setShape(OnnxMl.TensorShapeProto.newBuilder()),
                new TypeProto.Tensor(type, new TensorShapeProto(List.of())));
    }

    @Test
    void tensorHasItsElements() throws InvalidProtocolBufferException {
        byte[] elements = {1, -2, 3, 127, -128, 0};
        assertSame(
                OnnxMl.TensorProto.newBuilder()
                        .setName("taps")
                        .setDataType(OnnxMl.TensorProto.DataType.INT8_VALUE)
                        .addAllDims(List.of(2L, 3L))
                        .setRawData(ByteString.copyFrom(elements)),
                TensorProto.inline(new long[] {2, 3}, ElementType.INT8, "taps", elements));
        assertSame(
                OnnxMl.TensorProto.newBuilder()
                        .setName("none")
                        .setDataType(OnnxMl.TensorProto.DataType.FLOAT_VALUE)
                        .addDims(0)
                        .setRawData(ByteString.EMPTY),
                TensorProto.inline(new long[] {0}, ElementType.FLOAT, "none", new byte[0]));
    }

    @Test
    void tensorTellsWhereItsElementsAre() throws InvalidProtocolBufferException {
        long beyondTwoGigabytes = 5_000_000_000L;
        assertSame(
                OnnxMl.TensorProto.newBuilder()
                        .setName("talker.weight")
                        .setDataType(OnnxMl.TensorProto.DataType.BFLOAT16_VALUE)
                        .addAllDims(List.of(1L << 40, 3L))
                        .setDataLocation(OnnxMl.TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(entry("location", "größe.safetensors"))
                        .addExternalData(entry("offset", "5000000000"))
                        .addExternalData(entry("length", "12")),
                TensorProto.external(
                        new long[] {1L << 40, 3},
                        ElementType.BFLOAT16,
                        "talker.weight",
                        "größe.safetensors",
                        beyondTwoGigabytes,
                        12));
    }

    @Test
    void entryIsATextUnderAName() throws InvalidProtocolBufferException {
        assertSame(entry("größe", ""), new StringStringEntryProto("größe", ""));
    }

    @Test
    void valueHasNumbersAndNamesOfDimensions() throws InvalidProtocolBufferException {
        assertSame(value("x"), written("x"));
    }

    @Test
    void nodeHasAnEmptyDomainOrNone() throws InvalidProtocolBufferException {
        OnnxMl.NodeProto.Builder node = node(1);
        assertSame(node, written(1, "com.microsoft"));
        assertSame(node.clone().setDomain(""), written(1, ""));
        assertSame(node.clone().clearDomain(), written(1, null));
    }

    @Test
    void modelHasEverythingInItsPlace() throws InvalidProtocolBufferException {
        assertSame(model(1), writtenModel(1));
    }

    @Test
    void modelMayHaveManyNodes() throws InvalidProtocolBufferException {
        assertSame(model(20_000), writtenModel(20_000));
    }

    private static OnnxMl.StringStringEntryProto.Builder entry(String key, String value) {
        return OnnxMl.StringStringEntryProto.newBuilder().setKey(key).setValue(value);
    }

    private static OnnxMl.ValueInfoProto.Builder value(String name) {
        OnnxMl.TensorShapeProto.Builder shape = OnnxMl.TensorShapeProto.newBuilder();
        shape.addDimBuilder().setDimValue(0);
        shape.addDimBuilder().setDimParam("8*(time+1)");
        shape.addDimBuilder().setDimValue(1L << 33);
        return OnnxMl.ValueInfoProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.TypeProto.newBuilder()
                        .setTensorType(OnnxMl.TypeProto.Tensor.newBuilder()
                                .setElemType(OnnxMl.TensorProto.DataType.FLOAT_VALUE)
                                .setShape(shape)));
    }

    private static ValueInfoProto written(String name) {
        TensorShapeProto shape = new TensorShapeProto(Shape.of(0, "8*(time+1)", 1L << 33).dims().stream()
                .map(TensorShapeProto.Dimension::new)
                .toList());
        return new ValueInfoProto(name, new TypeProto(new TypeProto.Tensor(ElementType.FLOAT, shape)));
    }

    private static OnnxMl.NodeProto.Builder node(int i) {
        return OnnxMl.NodeProto.newBuilder()
                .addAllInput(List.of("x" + i, "", "größe"))
                .addAllOutput(List.of("", "y" + i))
                .setName("layers." + i)
                .setOpType("Gemm")
                .addAttribute(ATTRIBUTE
                        .clone()
                        .setType(OnnxMl.AttributeProto.AttributeType.INT)
                        .setI(i))
                .addAttribute(ATTRIBUTE
                        .clone()
                        .setType(OnnxMl.AttributeProto.AttributeType.FLOAT)
                        .setF(i))
                .setDomain("com.microsoft");
    }

    private static NodeProto written(int i, String domain) {
        return new NodeProto(
                List.of("x" + i, "", "größe"),
                List.of("", "y" + i),
                "layers." + i,
                "Gemm",
                List.of(AttributeProto.of("größe", (long) i), AttributeProto.of("größe", (float) i)),
                domain);
    }

    private static OnnxMl.ModelProto.Builder model(int nodes) {
        OnnxMl.GraphProto.Builder graph = OnnxMl.GraphProto.newBuilder()
                .setName("talker")
                .addInitializer(OnnxMl.TensorProto.newBuilder()
                        .setName("one")
                        .setDataType(OnnxMl.TensorProto.DataType.BOOL_VALUE)
                        .setRawData(ByteString.copyFrom(new byte[] {1})))
                .addInput(value("x"))
                .addInput(value("größe"))
                .addOutput(value("y"))
                .addValueInfo(value("Add:0"));
        IntStream.range(0, nodes).forEach(i -> graph.addNode(node(i)));
        return OnnxMl.ModelProto.newBuilder()
                .setIrVersion(10)
                .setProducerName("qwen3tts")
                .setGraph(graph)
                .addOpsetImport(
                        OnnxMl.OperatorSetIdProto.newBuilder().setDomain("").setVersion(21))
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder()
                        .setDomain("com.microsoft")
                        .setVersion(1));
    }

    private static ModelProto writtenModel(int nodes) {
        GraphProto graph = new GraphProto(
                IntStream.range(0, nodes)
                        .mapToObj(i -> written(i, "com.microsoft"))
                        .toList(),
                "talker",
                List.of(TensorProto.inline(new long[0], ElementType.BOOL, "one", new byte[] {1})),
                List.of(written("x"), written("größe")),
                List.of(written("y")),
                List.of(written("Add:0")));
        return new ModelProto(
                10,
                "qwen3tts",
                graph,
                List.of(new OperatorSetIdProto("", 21), new OperatorSetIdProto("com.microsoft", 1)));
    }

    private static void assertSame(GeneratedMessageV3.Builder<?> expected, ProtoWriter.Message actual)
            throws InvalidProtocolBufferException {
        byte[] bytes = ProtoWriter.write("m", actual);
        assertEquals(
                expected.build(),
                expected.getDefaultInstanceForType().getParserForType().parseFrom(bytes));
        assertArrayEquals(expected.build().toByteArray(), bytes);
    }
}
