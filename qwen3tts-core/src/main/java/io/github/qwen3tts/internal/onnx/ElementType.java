package io.github.qwen3tts.internal.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;

/** The element types graphs here use. */
public enum ElementType {
    /** 32-bit float. */
    FLOAT(TensorProto.DataType.FLOAT, 4),
    /** The upper half of a 32-bit float. */
    BFLOAT16(TensorProto.DataType.BFLOAT16, 2),
    /** Signed 8-bit integer. */
    INT8(TensorProto.DataType.INT8, 1),
    /** Unsigned 8-bit integer. */
    UINT8(TensorProto.DataType.UINT8, 1),
    /** Signed 32-bit integer. */
    INT32(TensorProto.DataType.INT32, 4),
    /** Signed 64-bit integer. */
    INT64(TensorProto.DataType.INT64, 8),
    /** Truth value. */
    BOOL(TensorProto.DataType.BOOL, 1);

    private final TensorProto.DataType proto;
    private final int bytes;

    ElementType(TensorProto.DataType proto, int bytes) {
        this.proto = proto;
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

    int code() {
        return proto.getNumber();
    }
}
