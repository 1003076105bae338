package io.github.qwen3tts.internal.runtime.cuda;

/** A fixed sequence of launches that starts as one; what varies between frames it reads from device memory. */
public interface FrameGraph extends AutoCloseable {

    /** Starts the sequence after what was given to the device before; does not wait. */
    void launch();

    @Override
    void close();
}
