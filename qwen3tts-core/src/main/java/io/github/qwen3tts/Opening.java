package io.github.qwen3tts;

import io.github.qwen3tts.runtime.Scope;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Opens something on another thread and owns it: closing waits for the opening and closes what came of it. */
final class Opening<T extends AutoCloseable> implements AutoCloseable {

    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final Thread thread;

    Opening(Supplier<T> open) {
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

    /** Waits for it; throws on this thread what was thrown on the other. */
    T await() {
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
        awaitEnd();
        try (Scope owned = new Scope()) {
            T opened = result.handle((value, failure) -> value).join();
            if (opened != null) {
                owned.own(opened);
            }
        }
    }

    /** The thread lives a little longer than its result is awaited. */
    private void awaitEnd() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
