package io.github.qwen3tts.internal.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedOutputStream;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.onnx.ProtoWriter.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wire format, against Google's writer of single fields. */
class ProtoWriterTest {

    @ParameterizedTest
    @ValueSource(
            longs = {0, 1, 127, 128, 150, 16383, 16384, Integer.MAX_VALUE, Long.MAX_VALUE, -1, -128, Long.MIN_VALUE})
    void integersAreVarints(long value) throws IOException {
        assertSameBytes(out -> out.writeInt64(3, value), out -> out.integer(3, value));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 2047, 2048, (1 << 29) - 1})
    void numbersOfFieldsMayTakeSeveralBytes(int field) throws IOException {
        assertSameBytes(out -> out.writeInt64(field, 7), out -> out.integer(field, 7));
        assertSameBytes(out -> out.writeString(field, "x"), out -> out.string(field, "x"));
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -0f, 1e-6f, -3.5f, Float.NEGATIVE_INFINITY, Float.NaN, Float.MIN_VALUE})
    void floatsKeepEveryBit(float value) throws IOException {
        assertSameBytes(out -> out.writeFloat(2, value), out -> out.float32(2, value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MatMul", "größe", "声学模型", "\uD83D\uDD0A", "a\0b"})
    void stringsAreUtf8(String value) throws IOException {
        assertSameBytes(out -> out.writeString(5, value), out -> out.string(5, value));
    }

    @Test
    void messagesStandBehindTheirLength() {
        Message innermost = out -> out.bytes(1, new byte[200]); // whose length takes two bytes
        Message inner = out -> {
            out.message(1, innermost);
            out.integer(2, -1);
        };
        byte[] bytes = ProtoWriter.write("outer", out -> out.messages(4, List.of(inner, innermost)));
        int innermostBytes = 1 + 2 + 200;
        int innerBytes = 1 + 2 + innermostBytes + 1 + 10;
        assertEquals(1 + 2 + innerBytes + 1 + 2 + innermostBytes, bytes.length);
        assertEquals("22d9010acb010ac801", HexFormat.of().formatHex(bytes, 0, 9));
    }

    @Test
    void whatIsReadIsWhatWasWritten() throws IOException {
        byte[] bytes = ProtoWriter.write("m", out -> {
            out.integer(1, -1);
            out.float32(2, 1.5f);
            out.string(3000, "größe");
            out.raw(new byte[] {4 << 3 | 1, 1, 2, 3, 4, 5, 6, 7, 8}); // eight bytes, which the writer does not know
        });
        ProtoReader in = new ProtoReader(bytes);
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        for (int number : new int[] {1, 2, 3000, 4}) {
            assertTrue(in.next());
            assertEquals(number, in.number());
            assertEquals(number == 3000, in.hasBytes());
            if (in.hasBytes()) {
                assertEquals("größe", in.string());
            }
            copy.write(in.raw());
        }
        assertFalse(in.next());
        assertArrayEquals(bytes, copy.toByteArray());
    }

    @Test
    void bytesThatAreNoMessageAreRefused() {
        for (String hex : List.of(
                "08", // no value
                "0880", // a value without an end
                "08ffffffffffffffffffffff01", // a number of more than 64 bits
                "0a05", // fewer bytes than announced
                "0affffffffffffffffff01", // a negative length
                "0d000000", // three of four bytes
                "0b")) { // the start of a group
            ProtoReader in = new ProtoReader(HexFormat.of().parseHex(hex));
            String message = assertThrows(IOException.class, in::next, hex).getMessage();
            assertEquals("not a message of Protocol Buffers: field at=0, bytes=" + hex.length() / 2, message);
        }
    }

    /** The message has one array 2048 times; its size is counted before memory is taken for all of it. */
    @Test
    void moreThanTwoGigabytesAreRefused() {
        byte[] megabyte = new byte[1 << 20];
        Message large = out -> {
            for (int i = 0; i < 2048; i++) {
                out.bytes(9, megabyte);
            }
        };
        String message = assertThrows(
                        ModelLoadException.class,
                        () -> ProtoWriter.write("talker", out -> out.message(7, out2 -> out2.message(5, large))))
                .getMessage();
        long fields = 2048L * (1 + 3 + megabyte.length);
        assertEquals(
                "message is too large for Protocol Buffers: message=talker, bytes=" + (fields + 2 * (1 + 5))
                        + ", maxBytes=" + ProtoWriter.MAX_BYTES,
                message);
    }

    /** What Google's writer does. */
    private interface Expected {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    private static void assertSameBytes(Expected expected, Message actual) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        expected.writeTo(out);
        out.flush();
        assertArrayEquals(
                bytes.toByteArray(), ProtoWriter.write("m", actual), () -> Arrays.toString(bytes.toByteArray()));
    }
}
