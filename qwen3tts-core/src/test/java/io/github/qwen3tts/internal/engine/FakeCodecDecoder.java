package io.github.qwen3tts.internal.engine;

import io.github.qwen3tts.internal.model.CodecDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Four samples a frame, each made from the codes of its frame and of all frames before, so that audio tells whether the
 * state was carried on. Counts states and decoded frames.
 */
final class FakeCodecDecoder implements CodecDecoder {

    static final int SAMPLES_PER_FRAME = 4;

    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger framesDecoded = new AtomicInteger();

    private final List<List<Integer>> calls = new ArrayList<>(); // guarded by itself

    /** Frames of each piece, call by call. */
    List<List<Integer>> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }

    /** Thrown by every decoding, if not null. */
    volatile Throwable failure;

    private final CountDownLatch goingOn = new CountDownLatch(1);
    private volatile long stop = Long.MAX_VALUE;

    /** Has decoding stand before a frame of whichever stream, until {@link #goOn}. */
    void stopAtFrame(long frame) {
        stop = frame;
    }

    void goOn() {
        goingOn.countDown();
    }

    @Override
    public State start() {
        return new Memory();
    }

    @Override
    public void decode(List<Piece> pieces) {
        synchronized (calls) {
            calls.add(pieces.stream().map(Piece::frames).toList());
        }
        CodecDecoder.super.decode(pieces);
    }

    @Override
    public void decode(int[] codes, int frames, State state, float[] out, int at) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
        Memory memory = (Memory) state;
        if (memory.frames == stop) {
            try {
                goingOn.await();
            } catch (InterruptedException e) {
                throw new AssertionError("nobody interrupts this thread", e);
            }
        }
        for (int frame = 0; frame < frames; frame++) {
            for (int group = 0; group < FakeLanguageModel.GROUPS; group++) {
                memory.sum = 31 * memory.sum + codes[frame * FakeLanguageModel.GROUPS + group];
            }
            for (int i = 0; i < SAMPLES_PER_FRAME; i++) {
                out[at + frame * SAMPLES_PER_FRAME + i] = Math.floorMod(memory.sum * (i + 1), 2_000) / 1_000f - 1;
            }
        }
        memory.frames += frames;
        framesDecoded.addAndGet(frames);
    }

    @Override
    public int samplesPerFrame() {
        return SAMPLES_PER_FRAME;
    }

    @Override
    public void close() {}

    private final class Memory implements State {

        private long frames;
        private int sum;
        private boolean isClosed;

        Memory() {
            opened.incrementAndGet();
        }

        @Override
        public long frames() {
            return frames;
        }

        @Override
        public State copy() {
            Memory copy = new Memory();
            copy.frames = frames;
            copy.sum = sum;
            return copy;
        }

        @Override
        public void close() {
            if (isClosed) {
                throw new AssertionError("closed twice");
            }
            isClosed = true;
            closed.incrementAndGet();
        }
    }
}
