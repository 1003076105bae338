package io.github.qwen3tts.demo;

import io.github.qwen3tts.hub.BundledModel;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Brings the model {@code demo}: one English voice, for first steps and for tests. Applications need not name this class;
 * having the jar is enough.
 *
 * @since 0.1.0
 */
public final class DemoVoice implements BundledModel {

    private static final String ARCHIVE = "demo.zip";

    /** For {@link java.util.ServiceLoader}. */
    public DemoVoice() {}

    @Override
    public String name() {
        return "demo";
    }

    @Override
    public String description() {
        return "the demo voice (English, 28 MB, a demonstration)";
    }

    @Override
    public String sha256() {
        return "b8d94a1255e0f0b50e5063736c99741586904da9186cc2929676c088156d358b";
    }

    @Override
    public InputStream open() throws IOException {
        InputStream archive = DemoVoice.class.getResourceAsStream(ARCHIVE);
        if (archive == null) {
            throw new FileNotFoundException("the jar of the demo voice lacks its archive: resource=" + ARCHIVE
                    + "; if it was packed into another jar, pack its resources along");
        }
        return archive;
    }
}
