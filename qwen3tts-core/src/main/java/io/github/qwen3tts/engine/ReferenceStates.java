package io.github.qwen3tts.engine;

import io.github.qwen3tts.model.CodecDecoder;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Decoder states that have read a voice's reference: computed once per voice, copied for every stream. Keeps the few
 * used last. For the engine thread.
 */
final class ReferenceStates implements AutoCloseable {

    /** A state is about 5 MB. */
    private static final int KEPT = 8;

    private record Entry(int[] codes, CodecDecoder.State state) {}

    private final CodecDecoder codec;
    private final int codeGroups;
    private final Deque<Entry> entries = new ArrayDeque<>(); // most recent first

    ReferenceStates(CodecDecoder codec, int codeGroups) {
        this.codec = codec;
        this.codeGroups = codeGroups;
    }

    /** The state before the first frame of speech. A voice is known by its array of codes, {@code [frames * groups]}. */
    CodecDecoder.State start(int[] referenceCodes) {
        if (referenceCodes.length == 0) {
            return codec.start();
        }
        Entry entry = entries.stream()
                .filter(known -> known.codes() == referenceCodes)
                .findFirst()
                .orElse(null);
        if (entry == null) {
            entry = read(referenceCodes);
        } else {
            entries.remove(entry);
        }
        entries.addFirst(entry);
        if (entries.size() > KEPT) {
            entries.removeLast().state().close();
        }
        return entry.state().copy();
    }

    private Entry read(int[] codes) {
        CodecDecoder.State state = codec.start();
        try {
            codec.skip(codes, codes.length / codeGroups, state);
            return new Entry(codes, state);
        } catch (RuntimeException e) {
            state.close();
            throw e;
        }
    }

    @Override
    public void close() {
        entries.forEach(entry -> entry.state().close());
        entries.clear();
    }
}
