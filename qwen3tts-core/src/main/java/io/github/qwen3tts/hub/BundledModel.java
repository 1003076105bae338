package io.github.qwen3tts.hub;

import java.io.IOException;
import java.io.InputStream;

/**
 * A checkpoint inside a jar. {@link ModelHub#resolve(String)} finds it by its name before it asks any network, and unpacks
 * it once, since weights are mapped from files. A jar brings a model with a class that implements this interface, and
 * with the class's name in {@code META-INF/services/io.github.qwen3tts.hub.BundledModel}. Called from any thread.
 *
 * @since 0.1.0
 */
public interface BundledModel {

    /**
     * Returns what users type to open the model.
     *
     * @return lower-case letters, digits, {@code .}, {@code _} and {@code -}, such as {@code demo}
     */
    String name();

    /**
     * Describes the model, for programs to show.
     *
     * @return one sentence: languages, size, purpose
     */
    String description();

    /**
     * Returns the SHA-256 of all bytes of {@link #open}. Files are unpacked again when it changes.
     *
     * @return 64 hexadecimal digits in lower case
     */
    String sha256();

    /**
     * Opens a ZIP archive of the checkpoint: {@code config.json}, {@code model.safetensors} and the other files as
     * released, without a folder around them.
     *
     * @return the archive, from its beginning; to be closed by the caller
     * @throws IOException if it cannot be read
     */
    InputStream open() throws IOException;
}
