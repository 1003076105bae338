package io.github.qwen3tts.internal.runtime.cuda;

/** How a stream's last draw ended; the order is that of {@code slots.cuh}. */
public enum SlotStatus {
    /** The frame is complete. */
    SPEAKING,
    /** The end code was drawn; there is no frame. */
    ENDED,
    /** The draw was the last one allowed; there is no frame. */
    LIMIT,
    /** The logits of some draw were not numbers one can draw from. */
    NOT_FINITE
}
