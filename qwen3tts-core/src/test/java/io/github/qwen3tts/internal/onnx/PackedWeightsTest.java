package io.github.qwen3tts.internal.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackedWeightsTest {

    private static final int FILE_BYTES = 300;

    @TempDir
    private Path directory;

    private Path graph;
    private Path weights;

    @BeforeEach
    void writeWeights() throws IOException {
        graph = directory.resolve("graph.onnx");
        weights = directory.resolve("weights.bin");
        byte[] bytes = new byte[FILE_BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        Files.write(weights, bytes);
    }

    @Test
    void piecesGoToWhereAlignedMemoryBeginsAndNothingElseChanges() throws IOException {
        Files.write(graph, model("key|64;10;|70;20;|200;33;end").toByteArray());
        PackedWeights.align(graph, weights);

        ModelProto expected = model("key|64;10;|320;20;|384;33;end");
        assertEquals(expected, ModelProto.parseFrom(Files.readAllBytes(graph)));
        byte[] file = Files.readAllBytes(weights);
        assertEquals(384 + 33, file.length);
        assertArrayEquals(Arrays.copyOfRange(file, 70, 90), Arrays.copyOfRange(file, 320, 340));
        assertArrayEquals(Arrays.copyOfRange(file, 200, 233), Arrays.copyOfRange(file, 384, 417));
    }

    @Test
    void filesWhosePiecesAreAlignedStayAsTheyAre() throws IOException {
        Files.write(graph, model("key|64;10;|128;20;end").toByteArray());
        FileTime before = FileTime.from(Instant.EPOCH);
        Files.setLastModifiedTime(graph, before);
        PackedWeights.align(graph, weights);
        assertEquals(before, Files.getLastModifiedTime(graph));
        assertEquals(FILE_BYTES, Files.size(weights));
    }

    @Test
    void pieceBeyondTheEndIsRefused() throws IOException {
        Files.write(graph, model("key|290;20;end").toByteArray());
        String message = assertThrows(IOException.class, () -> PackedWeights.align(graph, weights))
                .getMessage();
        assertEquals("weights end too early: offset=290, length=20, fileBytes=300", message);
    }

    @Test
    void halfAGraphIsRefused() throws IOException {
        byte[] model = model("key|70;20;end").toByteArray();
        Files.write(graph, Arrays.copyOf(model, model.length / 2));
        assertThrows(IOException.class, () -> PackedWeights.align(graph, weights));
        assertEquals(FILE_BYTES, Files.size(weights));
    }

    /** A tensor with pieces between others, and fields that this library has never heard of at every level. */
    private static ModelProto model(String pieces) {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(
                        500,
                        UnknownFieldSet.Field.newBuilder()
                                .addFixed64(-1)
                                .addFixed32(7)
                                .addVarint(300)
                                .addLengthDelimited(ByteString.copyFromUtf8("größe"))
                                .build())
                .build();
        TensorProto small = TensorProto.newBuilder()
                .setName("small")
                .addFloatData(1.5f)
                .setUnknownFields(unknown)
                .build();
        TensorProto packed = small.toBuilder()
                .setName("packed")
                .clearFloatData()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", "weights.bin"))
                .addExternalData(entry("offset", "70"))
                .addExternalData(entry("note", "key|70;20;end")) // not what the kernels made
                .addExternalData(entry("prepacked_0", pieces))
                .build();
        GraphProto graph = GraphProto.newBuilder()
                .addNode(NodeProto.newBuilder().setOpType("Gemm").addOutput("y"))
                .addInitializer(small)
                .addInitializer(packed)
                .addInitializer(small)
                .setUnknownFields(unknown)
                .build();
        return ModelProto.newBuilder()
                .setIrVersion(10)
                .setGraph(graph)
                .setUnknownFields(unknown)
                .build();
    }

    private static StringStringEntryProto.Builder entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value);
    }
}
