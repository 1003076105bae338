package io.github.qwen3tts.internal.runtime;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Opens something on another thread and owns it: closing waits for the opening and closes what came of it, if that can be
 * closed.
 *
 * @param <T> what is opened
 */
public final class Opening<T> implements AutoCloseable {

    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final Thread thread;

    /**
     * Starts at once.
     *
     * @param open run once, on a daemon thread of its own
     */
    public Opening(Supplier<T> open) {
        thread = new Thread(() -> open(open), "qwen3tts-opening");
        thread.setDaemon(true);
        thread.start();
    }

    private void open(Supplier<T> open) {
        try {
            result.complete(open.get());
        } catch (Throwable e) { // whatever it is belongs to the thread that waits
            result.completeExceptionally(e);
        }
    }

    /**
     * Waits for it; throws on this thread what was thrown on the other.
     *
     * @return what was opened; not the caller's to close
     */
    public T await() {
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        Uninterruptibly.join(thread); // which lives a little longer than its result is awaited
        try (Scope owned = new Scope()) {
            if (result.handle((value, failure) -> value).join() instanceof AutoCloseable opened) {
                owned.own(opened);
            }
        }
    }
}
