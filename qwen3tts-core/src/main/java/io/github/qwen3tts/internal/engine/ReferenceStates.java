package io.github.qwen3tts.internal.engine;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.EngineClosedException;
import io.github.qwen3tts.internal.model.CodecDecoder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Decoder states that have read a voice's reference: computed once per voice, copied for every stream. Keeps the few
 * used last. For any number of threads: whoever asks first computes, and holds up only those who ask for the same voice.
 */
final class ReferenceStates implements AutoCloseable {

    /** A state is about 10 MB. */
    private static final int KEPT = 8;

    private record Entry(int[] codes, FutureTask<CodecDecoder.State> reading) {}

    private final CodecDecoder codec;
    private final int codeGroups;
    private final Deque<Entry> entries = new ArrayDeque<>(); // guarded by itself; most recent first
    private boolean closed; // guarded by entries

    ReferenceStates(CodecDecoder codec, int codeGroups) {
        this.codec = codec;
        this.codeGroups = codeGroups;
    }

    /** Reads a reference, {@code [frames * groups]}, unless it is there; a stream that starts soon finds it read. */
    void prepare(int[] referenceCodes) {
        if (referenceCodes.length > 0) {
            read(referenceCodes);
        }
    }

    /** The state before the first frame of speech, to be closed by the caller. */
    CodecDecoder.State start(int[] referenceCodes) {
        if (referenceCodes.length == 0) {
            return codec.start();
        }
        while (true) {
            Entry entry = read(referenceCodes);
            synchronized (entries) {
                if (entries.contains(entry)) { // else it was closed to make room for others
                    return state(entry).copy();
                }
            }
        }
    }

    /** The entry of a reference, which has been read when this returns. */
    private Entry read(int[] codes) {
        Entry entry;
        synchronized (entries) {
            if (closed) {
                throw new EngineClosedException("the engine is closed: build another TtsEngine");
            }
            entry = entries.stream()
                    .filter(known -> Arrays.equals(known.codes(), codes))
                    .findFirst()
                    .orElseGet(() -> new Entry(codes, new FutureTask<>(() -> compute(codes))));
            entries.remove(entry);
            entries.addFirst(entry);
        }
        entry.reading().run(); // the first time; after that it does nothing
        try {
            state(entry);
        } catch (RuntimeException e) {
            synchronized (entries) {
                entries.remove(entry);
            }
            throw e;
        }
        makeRoom();
        return entry;
    }

    private CodecDecoder.State compute(int[] codes) {
        CodecDecoder.State state = codec.start();
        try {
            codec.read(codes, codes.length / codeGroups, state);
            return state;
        } catch (RuntimeException e) {
            state.close();
            throw e;
        }
    }

    /** Waits for whoever computes it. */
    private static CodecDecoder.State state(Entry entry) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return entry.reading().get();
                } catch (InterruptedException e) {
                    interrupted = true; // it takes a second at most
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof RuntimeException known
                            ? known
                            : new DeviceException("cannot read the reference of a voice: " + e.getCause(), e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Closes the one that was not used for longest, unless it is being computed. */
    private void makeRoom() {
        synchronized (entries) {
            Entry last = entries.peekLast();
            if (entries.size() > KEPT && last.reading().isDone()) {
                entries.removeLast();
                closeState(last);
            }
        }
    }

    /** Waits for what is being computed: nobody uses the decoder for a reference after this. */
    @Override
    public void close() {
        Deque<Entry> all;
        synchronized (entries) {
            closed = true;
            all = new ArrayDeque<>(entries);
            entries.clear();
        }
        for (Entry entry : all) {
            entry.reading().run(); // one that nobody has begun would be waited for in vain
            closeState(entry);
        }
    }

    private static void closeState(Entry entry) {
        CodecDecoder.State state;
        try {
            state = state(entry);
        } catch (RuntimeException e) {
            return; // it failed, so there is nothing to close; whoever asked for it has been told
        }
        state.close();
    }
}
