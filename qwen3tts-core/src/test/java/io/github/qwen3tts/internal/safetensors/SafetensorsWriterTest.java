package io.github.qwen3tts.internal.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {

    @TempDir
    private Path directory;

    @Test
    void partsOfTensorsMayBeWrittenInAnyOrder() throws IOException {
        Path file = directory.resolve("parts.safetensors");
        SafetensorsWriter writer = new SafetensorsWriter(Map.of())
                .declare("a", DataType.U8, List.of(4L))
                .declare("b", DataType.U8, List.of(3L));
        try (SafetensorsWriter.Output out = writer.create(file)) {
            out.write("b", ByteBuffer.wrap(new byte[] {5, 6, 7}));
            out.write("a", 2, ByteBuffer.wrap(new byte[] {3, 4}));
            out.write("a", 0, ByteBuffer.wrap(new byte[] {1, 2}));
        }
        Safetensors read = Safetensors.open(file);
        assertArrayEquals(new byte[] {1, 2, 3, 4}, SafetensorsTest.bytes(read.get("a")));
        assertArrayEquals(new byte[] {5, 6, 7}, SafetensorsTest.bytes(read.get("b")));
    }

    @Test
    void tensorThatIsNeverWrittenReadsAsZeros() throws IOException {
        Path file = directory.resolve("zeros.safetensors");
        new SafetensorsWriter(Map.of())
                .declare("t", DataType.F32, List.of(100L))
                .create(file)
                .close();
        assertArrayEquals(
                new float[100], Safetensors.readFloats(Safetensors.open(file).get("t")));
    }

    @Test
    void dataStartsAligned() throws IOException {
        Path file = directory.resolve("aligned.safetensors");
        new SafetensorsWriter(Map.of())
                .declare("a name of odd length", DataType.F64, List.of(1L))
                .create(file)
                .close();
        assertEquals(0, Safetensors.open(file).get("a name of odd length").offset() % 64);
    }

    @Test
    void existingFileIsReplaced() throws IOException {
        Path file = Files.write(directory.resolve("old.safetensors"), new byte[1 << 16]);
        new SafetensorsWriter(Map.of())
                .declare("t", DataType.U8, List.of(1L))
                .create(file)
                .close();
        assertTrue(Files.size(file) < 1000);
        assertEquals(1, Safetensors.open(file).names().size());
    }

    @Test
    void secondDeclarationOfANameIsRefused() {
        SafetensorsWriter writer = new SafetensorsWriter(Map.of()).declare("t", DataType.U8, List.of(1L));
        assertRefused(() -> writer.declare("t", DataType.U8, List.of(1L)), "declared twice: tensor=t");
    }

    @Test
    void bytesThatDoNotFillTheTensorAreRefused() throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter(Map.of()).declare("t", DataType.U8, List.of(4L));
        try (SafetensorsWriter.Output out = writer.create(directory.resolve("size.safetensors"))) {
            assertRefused(() -> out.write("t", ByteBuffer.allocate(3)), "tensor=t, expected=4, actual=3");
            assertRefused(
                    () -> out.write("t", 2, ByteBuffer.allocate(3)), "tensor=t, offset=2, bytes=3, tensorBytes=4");
            assertRefused(() -> out.write("t", -1, ByteBuffer.allocate(1)), "offset=-1");
            assertThrows(NullPointerException.class, () -> out.write("u", ByteBuffer.allocate(1)));
        }
    }

    @Test
    void closingTwiceIsHarmless() throws IOException {
        SafetensorsWriter.Output out = new SafetensorsWriter(Map.of()).create(directory.resolve("twice.safetensors"));
        out.close();
        out.close();
    }

    private static void assertRefused(Executable action, String part) {
        String message = assertThrows(IllegalArgumentException.class, action).getMessage();
        assertTrue(message.contains(part), message);
    }
}
