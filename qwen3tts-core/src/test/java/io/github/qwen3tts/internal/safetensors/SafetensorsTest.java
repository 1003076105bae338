package io.github.qwen3tts.internal.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(DataType.class)
    void everyTypeAndShapeComesBackAsWritten(DataType type) throws IOException {
        Path file = directory.resolve("all.safetensors");
        List<List<Long>> shapes =
                List.of(List.of(), List.of(1L), List.of(0L), List.of(3L, 0L, 2L), List.of(2L, 3L, 5L));
        SafetensorsWriter writer = new SafetensorsWriter(Map.of());
        for (int i = 0; i < shapes.size(); i++) {
            writer.declare("t" + i, type, shapes.get(i));
        }
        List<byte[]> written = new ArrayList<>();
        Random random = new Random(7);
        try (SafetensorsWriter.Output out = writer.create(file)) {
            for (int i = 0; i < shapes.size(); i++) {
                byte[] bytes = new byte
                        [type.bytes()
                                * (int) shapes.get(i).stream().mapToLong(d -> d).reduce(1, (a, b) -> a * b)];
                random.nextBytes(bytes);
                out.write("t" + i, ByteBuffer.wrap(bytes));
                written.add(bytes);
            }
        }
        Safetensors read = Safetensors.open(file);
        assertEquals(List.of("t0", "t1", "t2", "t3", "t4"), List.copyOf(read.names()));
        for (int i = 0; i < shapes.size(); i++) {
            TensorInfo tensor = read.get("t" + i);
            assertEquals(type, tensor.type());
            assertEquals(shapes.get(i), tensor.shape());
            assertEquals(written.get(i).length, tensor.bytes());
            assertEquals(written.get(i).length / type.bytes(), tensor.elements());
            assertArrayEquals(written.get(i), bytes(tensor));
        }
    }

    @Test
    void metadataAndNamesOutsideAsciiComeBack() throws IOException {
        Path file = directory.resolve("names.safetensors");
        Map<String, String> metadata = Map.of("format", "pt", "quote", "a \"b\" \\ c", "Straße", "東京 😀");
        String name = "talker.\"層\".\n0/weight";
        try (SafetensorsWriter.Output out = new SafetensorsWriter(metadata)
                .declare(name, DataType.U8, List.of(2L))
                .create(file)) {
            out.write(name, ByteBuffer.wrap(new byte[] {4, 2}));
        }
        Safetensors read = Safetensors.open(file);
        assertEquals(metadata, read.metadata());
        assertArrayEquals(new byte[] {4, 2}, bytes(read.get(name)));
    }

    @Test
    void fileWithoutTensorsIsEmpty() throws IOException {
        Path file = RawFile.write(directory.resolve("empty.safetensors"), "{}", 0);
        assertTrue(Safetensors.open(file).names().isEmpty());
        assertTrue(Safetensors.open(file).metadata().isEmpty());
    }

    @Test
    void floatsAreReadFromBothFloatTypesExactly() throws IOException {
        Path file = directory.resolve("floats.safetensors");
        float[] values = {0f, -0f, 1f, -2.5f, 3.4e38f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY};
        short[] halves = {0, (short) 0x8000, 0x3f80, (short) 0xc020, 0x7f7f, 1, (short) 0xff80};
        float[] widened = {0f, -0f, 1f, -2.5f, 0x1.fep127f, 0x1p-133f, Float.NEGATIVE_INFINITY};
        SafetensorsWriter writer = new SafetensorsWriter(Map.of())
                .declare("f32", DataType.F32, List.of(7L))
                .declare("bf16", DataType.BF16, List.of(7L))
                .declare("nothing", DataType.F32, List.of(0L));
        try (SafetensorsWriter.Output out = writer.create(file)) {
            ByteBuffer f32 = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
            f32.asFloatBuffer().put(values);
            out.write("f32", f32);
            ByteBuffer bf16 = ByteBuffer.allocate(14).order(ByteOrder.LITTLE_ENDIAN);
            bf16.asShortBuffer().put(halves);
            out.write("bf16", bf16);
        }
        Safetensors read = Safetensors.open(file);
        assertArrayEquals(values, Safetensors.readFloats(read.get("f32")));
        assertArrayEquals(widened, Safetensors.readFloats(read.get("bf16")));
        assertArrayEquals(new float[0], Safetensors.readFloats(read.get("nothing")));
    }

    @Test
    void integersAreNotReadAsFloats() throws IOException {
        Path file = RawFile.write(
                directory.resolve("ints.safetensors"), "{" + RawFile.entry("codes", "I32", "[2]", 0, 8) + "}", 8);
        assertRefused(
                () -> Safetensors.readFloats(Safetensors.open(file).get("codes")),
                "expected=F32 or BF16",
                "codes I32[2]",
                file.toString());
    }

    @Test
    void missingTensorIsNamedWithItsNeighbours() throws IOException {
        String header = "{" + RawFile.entry("a.0", "U8", "[1]", 0, 1) + "," + RawFile.entry("a.2", "U8", "[1]", 1, 2)
                + "," + RawFile.entry("b", "U8", "[1]", 2, 3) + "}";
        Path file = RawFile.write(directory.resolve("few.safetensors"), header, 3);
        Safetensors read = Safetensors.open(file);
        assertEquals(Optional.empty(), read.find("a.1"));
        assertRefused(() -> read.get("a.1"), "tensor=a.1", file.toString(), "tensors=3", "nearest=[a.0, a.2]");
    }

    @Test
    void tensorOfTwoGibibytesIsNotMapped() {
        TensorInfo huge = new TensorInfo(
                "huge", DataType.F32, List.of(1L << 29), directory.resolve("huge.safetensors"), 8, 1L << 31);
        String message =
                assertThrows(IOException.class, () -> Safetensors.map(huge)).getMessage();
        assertTrue(message.contains("huge F32[536870912]") && message.contains("bytes=2147483648"), message);
    }

    @Test
    void mappedTensorIsReadOnly() throws IOException {
        Path file = RawFile.write(
                directory.resolve("ro.safetensors"), "{" + RawFile.entry("t", "U8", "[4]", 0, 4) + "}", 4);
        ByteBuffer mapped = Safetensors.map(Safetensors.open(file).get("t"));
        assertTrue(mapped.isReadOnly());
        assertEquals(ByteOrder.LITTLE_ENDIAN, mapped.order());
        assertEquals(4, mapped.remaining());
    }

    @Test
    void missingFileIsNamed() {
        Path file = directory.resolve("none.safetensors");
        NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> Safetensors.open(file));
        assertEquals(file.toString(), e.getFile());
    }

    @Test
    void directoryIsNoFile() throws IOException {
        Path notAFile = Files.createDirectory(directory.resolve("model.safetensors"));
        assertThrows(IOException.class, () -> Safetensors.open(notAFile));
    }

    static byte[] bytes(TensorInfo tensor) throws IOException {
        ByteBuffer mapped = Safetensors.map(tensor);
        byte[] bytes = new byte[mapped.remaining()];
        mapped.get(bytes);
        return bytes;
    }

    private static void assertRefused(Executable action, String... parts) {
        String message = assertThrows(InvalidSafetensorsException.class, action).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
