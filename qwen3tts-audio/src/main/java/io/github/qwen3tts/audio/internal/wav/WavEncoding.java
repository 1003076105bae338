package io.github.qwen3tts.audio.internal.wav;

/** How {@link WavWriter} stores one sample. */
public enum WavEncoding {
    /** 16-bit signed integers, clipped to {@code [-1, 1]}: what every player takes. */
    PCM16(1, 2),
    /** 32-bit IEEE floats, stored as they are: nothing is clipped or rounded. */
    FLOAT32(3, 4);

    private final int formatTag;
    private final int bytes;

    WavEncoding(int formatTag, int bytes) {
        this.formatTag = formatTag;
        this.bytes = bytes;
    }

    /** The number of this encoding in the "fmt " chunk. */
    int formatTag() {
        return formatTag;
    }

    /** Bytes of one sample. */
    int bytes() {
        return bytes;
    }
}
