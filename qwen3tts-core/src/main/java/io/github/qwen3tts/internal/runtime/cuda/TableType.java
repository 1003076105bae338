package io.github.qwen3tts.internal.runtime.cuda;

/** How the rows of an embedding table are stored on the device. */
public enum TableType {
    /** As they are. */
    FP32(4),
    /** Their upper 16 bits: exact for a checkpoint stored as bf16. */
    BF16(2);

    private final int bytes;

    TableType(int bytes) {
        this.bytes = bytes;
    }

    /**
     * The size of one number.
     *
     * @return bytes
     */
    public int bytes() {
        return bytes;
    }

    /** The ending of the kernels' names for it. */
    String suffix() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
