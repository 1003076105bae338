package io.github.qwen3tts.internal.stream;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.SpeechCancelledException;
import io.github.qwen3tts.internal.stream.ChunkQueue.Event;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hands a queue's events to a subscriber, on the thread that runs it. Chunks come as they are requested, the end comes
 * without.
 */
final class ChunkSubscription implements Flow.Subscription, Runnable {

    private final ChunkQueue queue;
    private final Runnable close;
    private final Flow.Subscriber<? super AudioChunk> subscriber;
    private final AtomicLong requested = new AtomicLong();
    private volatile boolean cancelled;
    private volatile IllegalArgumentException badRequest;
    private boolean terminated;

    ChunkSubscription(ChunkQueue queue, Runnable close, Flow.Subscriber<? super AudioChunk> subscriber) {
        this.queue = queue;
        this.close = close;
        this.subscriber = subscriber;
    }

    /** Tells a subscriber that it cannot have the stream. */
    static void refuse(Flow.Subscriber<?> subscriber, IllegalStateException why) {
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {}

            @Override
            public void cancel() {}
        });
        subscriber.onError(why);
    }

    @Override
    public void request(long count) {
        if (count <= 0) {
            badRequest = new IllegalArgumentException("requested chunks must be > 0: count=" + count);
            close.run();
        } else {
            requested.accumulateAndGet(count, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
        }
        queue.wake();
    }

    @Override
    public void cancel() {
        cancelled = true;
        close.run();
        queue.wake();
    }

    @Override
    public void run() {
        try {
            subscriber.onSubscribe(this);
            while (!terminated) {
                Event event = next();
                if (cancelled) {
                    return;
                }
                signal(event);
            }
        } catch (InterruptedException e) {
            fail(new SpeechCancelledException("interrupted while waiting for speech; the stream is closed", e));
        } catch (RuntimeException e) { // a subscriber that throws has ended its subscription
            if (terminated) {
                throw e;
            }
            fail(e);
        }
    }

    private Event next() throws InterruptedException {
        Event event = queue.take(() -> requested.get() > 0 || cancelled || badRequest != null);
        if (event instanceof Event.Audio && requested.get() != Long.MAX_VALUE) {
            requested.decrementAndGet();
        }
        return event;
    }

    private void signal(Event event) {
        RuntimeException failure = badRequest != null ? badRequest : event.failure();
        if (failure != null) {
            terminated = true;
            subscriber.onError(failure);
        } else if (event instanceof Event.Audio audio) {
            subscriber.onNext(audio.chunk());
        } else {
            terminated = true;
            subscriber.onComplete();
        }
    }

    private void fail(RuntimeException e) {
        cancel();
        terminated = true;
        subscriber.onError(e);
    }
}
