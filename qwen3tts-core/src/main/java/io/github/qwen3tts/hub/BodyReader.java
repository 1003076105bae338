package io.github.qwen3tts.hub;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a response piece by piece on the caller's thread, and gives up when nothing arrives for too long,
 * which the stream of the JDK's client would wait for without end.
 */
final class BodyReader implements Flow.Subscriber<List<ByteBuffer>>, AutoCloseable {

    private static final Object END = new Object();

    private final Duration stall;
    private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>(); // one piece at most, then its end
    private volatile Flow.@Nullable Subscription subscription;
    private volatile boolean closed;
    private boolean pieceTaken;

    BodyReader(Flow.Publisher<List<ByteBuffer>> body, Duration stall) {
        this.stall = stall;
        body.subscribe(this);
    }

    /**
     * The next piece.
     *
     * @return buffers that hold something; empty at the end of the body
     * @throws TransferException if the connection is cut or stalls
     */
    List<ByteBuffer> next() throws TransferException, InterruptedException {
        while (true) {
            Flow.Subscription current = subscription; // there once a piece is
            if (pieceTaken && current != null) {
                current.request(1);
            }
            Object next = arrived.poll(stall.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                throw new TransferException("nothing arrived for " + stall.toMillis() + " ms");
            }
            if (next instanceof Throwable failure) {
                throw new TransferException("connection cut: " + failure.getMessage(), failure);
            }
            if (next == END) {
                return List.of();
            }
            pieceTaken = true;
            @SuppressWarnings("unchecked")
            List<ByteBuffer> piece = (List<ByteBuffer>) next;
            if (!piece.isEmpty()) {
                return piece;
            }
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        this.subscription = subscription;
        if (closed) {
            subscription.cancel();
        } else {
            subscription.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> piece) {
        arrived.add(piece);
    }

    @Override
    public void onError(Throwable failure) {
        arrived.add(failure);
    }

    @Override
    public void onComplete() {
        arrived.add(END);
    }

    /** Ends the transfer; the connection is not kept unless the body was read to its end. */
    @Override
    public void close() {
        closed = true;
        Flow.Subscription current = subscription;
        if (current != null) {
            current.cancel();
        }
    }
}
