package io.github.qwen3tts.internal.onnx;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the fields of a message in the wire format of Protocol Buffers, one after the other. */
final class ProtoReader {

    private static final int FIXED64 = 1;
    private static final int MAX_VARINT_BITS = 64;

    private final byte[] message;
    private int start; // of the field
    private int value; // behind its key and, where there is one, its length
    private int end;
    private int number;
    private boolean hasBytes;

    ProtoReader(byte[] message) {
        this.message = message;
    }

    /**
     * Goes to the next field.
     *
     * @return false at the end of the message
     * @throws IOException if the bytes are no message
     */
    boolean next() throws IOException {
        if (end == message.length) {
            return false;
        }
        start = end;
        value = end;
        long key = varint();
        number = (int) (key >>> 3);
        int kind = (int) key & 7;
        hasBytes = kind == ProtoWriter.LENGTH_DELIMITED;
        long length = switch (kind) {
            case ProtoWriter.VARINT -> lengthOfVarint();
            case FIXED64 -> Long.BYTES;
            case ProtoWriter.LENGTH_DELIMITED -> varint();
            case ProtoWriter.FIXED32 -> Integer.BYTES;
            default -> throw damaged();
        };
        if (length < 0 || length > message.length - value) {
            throw damaged();
        }
        end = value + (int) length;
        return true;
    }

    /** Number of the field. */
    int number() {
        return number;
    }

    /** Whether the value is a message, a string or bytes. */
    boolean hasBytes() {
        return hasBytes;
    }

    /** The value, which {@link #hasBytes}. */
    byte[] bytes() {
        return Arrays.copyOfRange(message, value, end);
    }

    /** The value, which {@link #hasBytes}. */
    String string() {
        return new String(message, value, end - value, StandardCharsets.UTF_8);
    }

    /** The field as it stands, key and value. */
    byte[] raw() {
        return Arrays.copyOfRange(message, start, end);
    }

    private long varint() throws IOException {
        long result = 0;
        for (int shift = 0; shift < MAX_VARINT_BITS; shift += 7) {
            if (value == message.length) {
                throw damaged();
            }
            byte next = message[value++];
            result |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return result;
            }
        }
        throw damaged();
    }

    private int lengthOfVarint() throws IOException {
        int first = value;
        varint();
        int length = value - first;
        value = first;
        return length;
    }

    private IOException damaged() {
        return new IOException("not a message of Protocol Buffers: field at=" + start + ", bytes=" + message.length);
    }
}
