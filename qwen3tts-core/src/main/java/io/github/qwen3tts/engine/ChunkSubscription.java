package io.github.qwen3tts.engine;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.engine.ChunkQueue.Event;
import java.util.concurrent.Flow;

/** Hands a queue's events to a subscriber, on a thread of its own and only as many as were requested. */
final class ChunkSubscription implements Flow.Subscription, Runnable {

    private final ChunkQueue queue;
    private final Runnable close;
    private final Flow.Subscriber<? super AudioChunk> subscriber;
    private long requested;
    private boolean cancelled;
    private IllegalArgumentException badRequest;

    ChunkSubscription(ChunkQueue queue, Runnable close, Flow.Subscriber<? super AudioChunk> subscriber) {
        this.queue = queue;
        this.close = close;
        this.subscriber = subscriber;
    }

    void start() {
        Thread thread = new Thread(this, "qwen3tts-subscriber");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public synchronized void request(long count) {
        if (count <= 0) {
            badRequest = new IllegalArgumentException("requested chunks must be > 0: count=" + count);
        } else {
            requested = requested + count < 0 ? Long.MAX_VALUE : requested + count;
        }
        notifyAll();
    }

    @Override
    public void cancel() {
        synchronized (this) {
            cancelled = true;
            notifyAll();
        }
        close.run();
    }

    @Override
    public void run() {
        try {
            subscriber.onSubscribe(this);
            while (awaitDemand()) {
                Event event = queue.take();
                if (isCancelled()) {
                    return;
                }
                if (event instanceof Event.Audio audio) {
                    subscriber.onNext(audio.chunk());
                } else {
                    terminate(event);
                    return;
                }
            }
        } catch (InterruptedException e) {
            cancel();
        } catch (RuntimeException e) { // a subscriber that throws has ended its subscription
            cancel();
            subscriber.onError(e);
        }
    }

    private void terminate(Event event) {
        if (event instanceof Event.Failed failed) {
            subscriber.onError(failed.cause());
        } else {
            subscriber.onComplete();
        }
    }

    /** False once the subscription is over. The end of the stream needs no demand. */
    private boolean awaitDemand() throws InterruptedException {
        IllegalArgumentException bad;
        synchronized (this) {
            while (requested == 0 && !cancelled && badRequest == null) {
                wait();
            }
            if (cancelled) {
                return false;
            }
            if (requested != Long.MAX_VALUE) {
                requested--;
            }
            bad = badRequest;
        }
        if (bad != null) {
            close.run();
            subscriber.onError(bad);
            return false;
        }
        return true;
    }

    private synchronized boolean isCancelled() {
        return cancelled;
    }
}
