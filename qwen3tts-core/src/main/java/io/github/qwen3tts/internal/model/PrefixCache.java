package io.github.qwen3tts.internal.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Keys and values of rows that prompts have begun with: of an instruction, a language, a voice. They depend on these rows
 * alone, as long as the rows are read in a pass of their own; so a prompt that begins with the same ones need not read them
 * again, and speaks the same. What was used least recently goes first. For one thread at a time.
 */
final class PrefixCache {

    /** Rows with the numbers they are made of. Equal if these are, bit for bit. */
    private static final class Rows {

        private final float[] embeddings;

        Rows(float[] embeddings) {
            this.embeddings = embeddings;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Rows that && Arrays.equals(embeddings, that.embeddings);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(embeddings);
        }
    }

    private final Map<Rows, float[]> keysAndValues = new LinkedHashMap<>(16, 0.75f, true); // last used last
    private final long limitBytes;
    private long bytes;

    /** None yet; at most {@code limitBytes} of them. */
    PrefixCache(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** As they were {@link #keep kept}; counts as a use. */
    Optional<float[]> find(float[] embeddings) {
        return Optional.ofNullable(keysAndValues.get(new Rows(embeddings)));
    }

    /** Keeps both arrays, which nobody changes any more; drops others, or this one if it takes all the room alone. */
    void keep(float[] embeddings, float[] copied) {
        if (bytes(copied) > limitBytes) {
            return;
        }
        keysAndValues.put(new Rows(embeddings), copied);
        bytes += bytes(copied);
        var oldest = keysAndValues.values().iterator();
        while (bytes > limitBytes) {
            bytes -= bytes(oldest.next());
            oldest.remove();
        }
    }

    private static long bytes(float[] copied) {
        return (long) copied.length * Float.BYTES;
    }
}
