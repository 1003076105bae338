package io.github.qwen3tts.internal.onnx;

import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.Check;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes messages in the wire format of Protocol Buffers. A message is a sequence of fields; a field is a key, made of the
 * field's number and the kind of its value, and the value. Sizes are counted first, as a nested message stands behind its
 * length.
 */
final class ProtoWriter {

    /** Kinds of values: a number of 7 bits per byte, bytes behind their length, four bytes. */
    static final int VARINT = 0;

    static final int LENGTH_DELIMITED = 2;
    static final int FIXED32 = 5;

    /** The largest message that readers take, 2 GB, and not beyond what fits an array. */
    static final int MAX_BYTES = Integer.MAX_VALUE - 8;

    /** Writes the fields of one message, by ascending numbers as every generated writer does. */
    interface Message {
        void writeTo(ProtoWriter out);
    }

    private final byte[] target; // null: bytes are only counted
    private long at;

    private ProtoWriter(byte[] target) {
        this.target = target;
    }

    /**
     * Serialises a message.
     *
     * @param name    of the message, for the refusal
     * @param message the message
     * @return its bytes
     * @throws ModelLoadException if there are more than {@link #MAX_BYTES}
     */
    static byte[] write(String name, Message message) {
        long bytes = count(message);
        if (bytes > MAX_BYTES) {
            throw new ModelLoadException(Check.message(
                    "message is too large for Protocol Buffers",
                    "message",
                    name,
                    "bytes",
                    bytes,
                    "maxBytes",
                    MAX_BYTES));
        }
        ProtoWriter out = new ProtoWriter(new byte[(int) bytes]);
        message.writeTo(out);
        return out.target;
    }

    private static long count(Message message) {
        ProtoWriter counter = new ProtoWriter(null);
        message.writeTo(counter);
        return counter.at;
    }

    /** A field of type int64, int32 or enum. */
    void integer(int field, long value) {
        key(field, VARINT);
        varint(value);
    }

    void integers(int field, long[] values) {
        for (long value : values) {
            integer(field, value);
        }
    }

    /** A field of type float. */
    void float32(int field, float value) {
        key(field, FIXED32);
        int bits = Float.floatToRawIntBits(value);
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            put(bits >>> shift);
        }
    }

    void string(int field, String value) {
        bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    void strings(int field, List<String> values) {
        for (String value : values) {
            string(field, value);
        }
    }

    void bytes(int field, byte[] value) {
        key(field, LENGTH_DELIMITED);
        varint(value.length);
        raw(value);
    }

    void message(int field, Message value) {
        long bytes = count(value);
        key(field, LENGTH_DELIMITED);
        varint(bytes);
        if (target == null) {
            at += bytes;
        } else {
            value.writeTo(this);
        }
    }

    void messages(int field, List<? extends Message> values) {
        for (Message value : values) {
            message(field, value);
        }
    }

    /** Fields that are serialised already. */
    void raw(byte[] fields) {
        if (target != null) {
            System.arraycopy(fields, 0, target, (int) at, fields.length);
        }
        at += fields.length;
    }

    private void key(int field, int kind) {
        varint((long) field << 3 | kind);
    }

    /** Seven bits per byte, lowest first, each byte but the last with its highest bit set. */
    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            put((int) rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        put((int) rest);
    }

    private void put(int lowestByte) {
        if (target != null) {
            target[(int) at] = (byte) lowestByte;
        }
        at++;
    }
}
