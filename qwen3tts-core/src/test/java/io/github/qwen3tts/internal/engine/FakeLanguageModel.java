package io.github.qwen3tts.internal.engine;

import io.github.qwen3tts.internal.model.LanguageModel;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Speaks as many frames as the prompt has positions; codes follow from seed, frame and group. Steps can be let through
 * one by one, every call can be made to fail, and openings and closings are counted.
 */
final class FakeLanguageModel implements LanguageModel {

    static final int GROUPS = 3;

    /** A call of this model. */
    enum Call {
        BEGIN,
        STEP,
        PROGRESS,
        CLOSE
    }

    /** Steps that may be made; as good as unlimited unless a test takes them away. */
    final Semaphore steps = new Semaphore(Integer.MAX_VALUE / 2);

    private final int maxBatch;
    private final List<Stream> streams = new ArrayList<>(); // guarded by this
    private final List<Integer> batches = new ArrayList<>(); // guarded by this
    private Call failing; // guarded by this
    private long failingSeed; // guarded by this
    private Throwable failure; // guarded by this

    FakeLanguageModel(int maxBatch) {
        this.maxBatch = maxBatch;
    }

    /** From now on a call for the stream of a seed fails. */
    synchronized void fail(Call call, long seed, Throwable with) {
        failing = call;
        failingSeed = seed;
        failure = with;
    }

    private synchronized void maybeFail(Call call, long seed) {
        if (call == failing && seed == failingSeed) {
            if (failure instanceof Error e) {
                throw e;
            }
            throw (RuntimeException) failure;
        }
    }

    /** Takes every permit away: steps wait until some are released. */
    FakeLanguageModel stopped() {
        steps.drainPermits();
        return this;
    }

    /** The streams begun so far. */
    synchronized List<Stream> streams() {
        return List.copyOf(streams);
    }

    /** How many streams each step took further. */
    synchronized List<Integer> batches() {
        return List.copyOf(batches);
    }

    @Override
    public Generation begin(Prompt prompt, GenerationOptions generation, RandomKey key) {
        maybeFail(Call.BEGIN, key.seed());
        Stream speech = new Stream(prompt.positions(), generation.maxNewTokens(), key);
        synchronized (this) {
            streams.add(speech);
        }
        return speech;
    }

    @Override
    public int maxBatch() {
        return maxBatch;
    }

    @Override
    public void step(List<Generation> streams) {
        steps.acquireUninterruptibly();
        synchronized (this) {
            batches.add(streams.size());
        }
        for (Generation stream : streams) {
            ((Stream) stream).step();
        }
    }

    @Override
    public void close() {}

    /** One stream. */
    final class Stream implements Generation {

        final RandomKey key;
        private final CountDownLatch closed = new CountDownLatch(1);
        private final int length;
        private final int maxDraws;
        private final int[] codes = new int[GROUPS];
        private volatile int frames;
        private volatile int closings;
        private Progress progress = Progress.FRAME;

        Stream(int length, int maxDraws, RandomKey key) {
            this.length = length;
            this.maxDraws = maxDraws;
            this.key = key;
        }

        private void step() {
            maybeFail(Call.STEP, key.seed());
            if (closings > 0 || progress != Progress.FRAME) {
                throw new AssertionError("stepped after its end: seed=" + key.seed());
            }
            if (frames == length) {
                progress = Progress.END_OF_SPEECH;
            } else if (frames + 1 == maxDraws) {
                progress = Progress.LIMIT;
            } else {
                for (int group = 0; group < GROUPS; group++) {
                    codes[group] = code(key.seed(), frames, group);
                }
                frames = frames + 1;
            }
        }

        @Override
        public Progress progress() {
            maybeFail(Call.PROGRESS, key.seed());
            return progress;
        }

        @Override
        public int[] codes() {
            return codes;
        }

        @Override
        public int frames() {
            return frames;
        }

        /** How often it was closed. */
        int closings() {
            return closings;
        }

        /** Waits until it is closed. */
        void awaitClosed() throws InterruptedException {
            if (!closed.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("not closed: seed=" + key.seed());
            }
        }

        @Override
        public void close() {
            closings = closings + 1;
            closed.countDown();
            maybeFail(Call.CLOSE, key.seed());
        }
    }

    /** In {@code [0, 1000)}. */
    static int code(long seed, int frame, int group) {
        return (int) Math.floorMod(seed * 1_000_003 + frame * 7_919L + group * 104_729L, 1_000L);
    }
}
