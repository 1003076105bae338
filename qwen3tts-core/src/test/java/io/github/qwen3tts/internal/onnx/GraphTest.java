package io.github.qwen3tts.internal.onnx;

import static io.github.qwen3tts.internal.onnx.Plain.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.safetensors.DataType;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GraphTest {

    private static final int LARGE = 200 * 64; // floats, beyond what is copied into a graph

    @TempDir
    private Path directory;

    private Safetensors weights;
    private final float[] large = random(1, LARGE);

    @BeforeEach
    void writeWeights() throws IOException {
        weights = write(directory.resolve("model.safetensors"));
    }

    private Safetensors write(Path file) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter(Map.of())
                .declare("odd", DataType.U8, List.of(3L)) // so that nothing after it is aligned
                .declare("norm.small_f32.weight", DataType.F32, List.of(4L))
                .declare("norm.small_bf16.weight", DataType.BF16, List.of(4L))
                .declare("norm.large_f32.weight", DataType.F32, List.of(200L, 64L))
                .declare("norm.large_bf16.weight", DataType.BF16, List.of(200L, 64L))
                .declare("norm.f16.weight", DataType.F16, List.of(4L));
        try (SafetensorsWriter.Output out = writer.create(file)) {
            ByteBuffer f32 = ByteBuffer.allocate(4 * LARGE).order(ByteOrder.LITTLE_ENDIAN);
            ByteBuffer bf16 = ByteBuffer.allocate(2 * LARGE).order(ByteOrder.LITTLE_ENDIAN);
            for (float value : large) {
                f32.putFloat(value);
                bf16.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
            }
            out.write("norm.small_f32.weight", f32.slice(0, 16));
            out.write("norm.small_bf16.weight", bf16.slice(0, 8));
            out.write("norm.large_f32.weight", f32.flip());
            out.write("norm.large_bf16.weight", bf16.flip());
        }
        return Safetensors.open(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"small_f32", "small_bf16", "large_f32", "large_bf16"})
    void weightIsReadFromItsPlaceAsFloats(String name) {
        boolean small = name.startsWith("small");
        Object[] dims = small ? new Object[] {4} : new Object[] {200, 64};
        try (TinyGraph g = new TinyGraph(weights)) {
            float[] read =
                    g.run(g.root.at("norm").at(name).weight("weight", dims).plus(0));
            assertEquals(small ? 4 : LARGE, read.length);
            for (int i = 0; i < read.length; i++) {
                assertEquals(name.endsWith("bf16") ? truncated(large[i]) : large[i], read[i]);
            }
        }
    }

    @Test
    void storedWeightKeepsItsTypeUntilARowIsLookedUp() {
        try (TinyGraph g = new TinyGraph(weights)) {
            Value table = g.root.storedWeight("norm.large_bf16.weight", 200, 64);
            assertEquals(ElementType.BFLOAT16, table.type());
            float[] row =
                    g.run(table.gather(g.longs("row", new long[] {199}, 1)).cast(ElementType.FLOAT));
            for (int i = 0; i < 64; i++) {
                assertEquals(truncated(large[199 * 64 + i]), row[i]);
            }
        }
    }

    @Test
    void weightNumbersAreThoseOfTheFile() {
        Graph g = Graph.named("g", weights);
        assertArrayEquals(large, g.at("norm").weightFloats("large_f32.weight", 200, 64));
    }

    @Test
    void largeWeightsStayInTheirFileAndSmallOnesAreCopied() throws IOException {
        Graph g = Graph.named("g", weights);
        g.output("large", g.weight("norm.large_f32.weight", 200, 64));
        g.output("small", g.weight("norm.small_f32.weight", 4));
        OnnxModel model = g.finish();
        assertEquals(Optional.of(directory.toRealPath()), model.weightsFolder());
        List<TensorProto> tensors =
                ModelProto.parseFrom(model.bytes()).getGraph().getInitializerList();
        assertEquals("norm.large_f32.weight", tensors.get(0).getName());
        assertEquals(TensorProto.DataLocation.EXTERNAL, tensors.get(0).getDataLocation());
        assertEquals(
                List.of(
                        "model.safetensors",
                        Long.toString(weights.get("norm.large_f32.weight").offset()),
                        Integer.toString(4 * LARGE)),
                tensors.get(0).getExternalDataList().stream()
                        .map(entry -> entry.getValue())
                        .toList());
        assertEquals("norm.small_f32.weight", tensors.get(1).getName());
        assertEquals(16, tensors.get(1).getRawData().size());
    }

    @Test
    void weightAskedForTwiceIsOneTensor() throws IOException {
        Graph g = Graph.named("g", weights);
        Value first = g.weight("norm.large_bf16.weight", 200, 64);
        assertSame(first, g.at("norm").weight("large_bf16.weight", 200, 64));
        g.output("y", first);
        assertEquals(1, ModelProto.parseFrom(g.finish().bytes()).getGraph().getInitializerCount());
    }

    @Test
    void weightBehindALinkIsFoundInItsRealFolder() throws IOException {
        Path links = Files.createDirectory(directory.resolve("links"));
        Path link =
                Files.createSymbolicLink(links.resolve("model.safetensors"), directory.resolve("model.safetensors"));
        Graph g = Graph.named("g", Safetensors.open(link));
        g.output("y", g.weight("norm.large_f32.weight", 200, 64));
        assertEquals(Optional.of(directory.toRealPath()), g.finish().weightsFolder());
    }

    @Test
    void missingWeightIsNamed() {
        assertLoadRefused(
                () -> Graph.named("g", weights).at("norm").weight("scale", 4),
                "tensor is missing: tensor=norm.scale",
                "model.safetensors");
    }

    @Test
    void weightOfAnotherShapeIsRefusedWithBothShapes() {
        assertLoadRefused(
                () -> Graph.named("g", weights).weight("norm.small_f32.weight", 2, 2),
                "tensor=norm.small_f32.weight, expected=[2, 2], actual=[4]",
                "model.safetensors");
        assertLoadRefused(
                () -> Graph.named("g", weights).storedWeight("norm.large_bf16.weight", 64, 200),
                "tensor=norm.large_bf16.weight, expected=[64, 200], actual=[200, 64]");
        assertLoadRefused(
                () -> Graph.named("g", weights).weightFloats("norm.small_bf16.weight", 5), "expected=[5], actual=[4]");
    }

    @Test
    void weightOfAnotherTypeIsRefused() {
        for (Executable use : List.<Executable>of(
                () -> Graph.named("g", weights).weight("norm.f16.weight", 4),
                () -> Graph.named("g", weights).storedWeight("norm.f16.weight", 4),
                () -> Graph.named("g", weights).weightFloats("norm.f16.weight", 4))) {
            assertLoadRefused(use, "tensor=norm.f16.weight F16[4]", "model.safetensors");
        }
    }

    @Test
    void nodesAreNamedByThePathTheyWereMadeThrough() throws IOException {
        Graph g = Graph.named("g", weights);
        Value x = g.input("x", ElementType.FLOAT, 2, 2);
        Graph layer = g.at("model.layers.3");
        Value y = x.in(layer).plus(x).plus(x).in(layer.at("mlp")).times(x);
        g.output("y", y);
        assertEquals(
                List.of("model.layers.3.Add", "model.layers.3.Add_2", "model.layers.3.mlp.Mul", "output/y"),
                ModelProto.parseFrom(g.finish().bytes()).getGraph().getNodeList().stream()
                        .map(NodeProto::getName)
                        .toList());
        assertEquals("model.layers.3.mlp", layer.at("mlp").path());
    }

    @Test
    void nameOfAnInputOrOutputIsTakenOnce() {
        Graph g = Graph.named("g", weights);
        Value x = g.input("x", ElementType.FLOAT, 1);
        g.output("y", x);
        assertRefused(() -> g.input("x", ElementType.FLOAT, 1), "declared twice: name=x");
        assertRefused(() -> g.output("y", x), "declared twice: name=y");
        assertRefused(() -> g.output("x", x), "declared twice: name=x");
    }

    @Test
    void constantFillsItsShape() {
        assertRefused(
                () -> Graph.named("g", weights).at("decoder").floats("table", new float[5], 2, 3),
                "constant does not fill its shape: name=decoder.table, shape=[2, 3], bytes=20");
    }

    @Test
    void dimensionIsANumberOrAName() {
        assertRefused(() -> Shape.of(1, 2.5), "dimension must be a number or a name: 2.5");
        assertRefused(() -> Shape.of("time", 2).known(0), "dimension must be known: axis=0, shape=[time, 2]");
    }

    @Test
    void shapesAreToldWhereEveryDimensionHasAName() throws IOException {
        Graph g = Graph.named("g", weights);
        Value x = g.input("x", ElementType.FLOAT, "time", 6);
        Value folded = x.reshape(-1, 3); // "2*time"
        Value unknown = x.reshape(-1, 4);
        Value doubled = unknown.times(2);
        Value stated = doubled.asRowsOf(x, 0);
        g.output("y", stated.plus(1));
        Map<String, String> told = new LinkedHashMap<>();
        for (ValueInfoProto value :
                ModelProto.parseFrom(g.finish().bytes()).getGraph().getValueInfoList()) {
            told.put(
                    value.getName(),
                    value.getType().getTensorType().getShape().getDimList().stream()
                            .map(dim -> dim.hasDimValue() ? Long.toString(dim.getDimValue()) : dim.getDimParam())
                            .collect(Collectors.joining(", ")));
        }
        assertEquals(Map.of(folded.name(), "2*time, 3", doubled.name(), "time, 4", "Add:0", "time, 4"), told);
    }

    @Test
    void sameGraphFromFilesElsewhereHasTheSameBytes() throws IOException {
        OnnxModel model = graph(weights, 1).finish();
        assertEquals(model.hash(), graph(weights, 1).finish().hash());
        Path copy = Files.createDirectory(directory.resolve("copy")).resolve("model.safetensors");
        Files.copy(directory.resolve("model.safetensors"), copy);
        OnnxModel elsewhere = graph(Safetensors.open(copy), 1).finish();
        assertArrayEquals(model.bytes(), elsewhere.bytes());
        assertNotEquals(model.weightsFolder(), elsewhere.weightsFolder());
        assertNotEquals(model.hash(), graph(weights, 2).finish().hash());
    }

    private static Graph graph(Safetensors weights, float factor) {
        Graph g = Graph.named("g", weights);
        Value x = g.input("x", ElementType.FLOAT, "time", 64);
        Value y = Layers.linear(x, g.weight("norm.large_bf16.weight", 200, 64), null);
        g.output("y", y.times(factor).last(0, 1));
        return g;
    }

    private static float truncated(float value) {
        return Float.intBitsToFloat(Float.floatToRawIntBits(value) & 0xffff0000);
    }

    private static void assertRefused(Executable action, String part) {
        String message = assertThrows(IllegalArgumentException.class, action).getMessage();
        assertTrue(message.contains(part), message);
    }

    private static void assertLoadRefused(Executable action, String... parts) {
        String message = assertThrows(ModelLoadException.class, action).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
