package io.github.qwen3tts.internal.onnx;

/** The element types graphs here use. */
public enum ElementType {
    /** 32-bit float. */
    FLOAT(1, 4),
    /** The upper half of a 32-bit float. */
    BFLOAT16(16, 2),
    /** Signed 8-bit integer. */
    INT8(3, 1),
    /** Unsigned 8-bit integer. */
    UINT8(2, 1),
    /** Signed 32-bit integer. */
    INT32(6, 4),
    /** Signed 64-bit integer. */
    INT64(7, 8),
    /** Truth value. */
    BOOL(9, 1);

    private final int code;
    private final int bytes;

    ElementType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /**
     * The size of one element.
     *
     * @return bytes per element
     */
    public int bytes() {
        return bytes;
    }

    /** Its number in {@code TensorProto.DataType}. */
    int code() {
        return code;
    }
}
