package io.github.qwen3tts;

import io.github.qwen3tts.runtime.Scope;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Opens something on another thread and owns it: closing waits for the opening and closes what came of it. */
final class Opening<T extends AutoCloseable> implements AutoCloseable {

    private final CompletableFuture<T> result = new CompletableFuture<>();

    Opening(Supplier<T> open) {
        Thread thread = new Thread(() -> open(open), "qwen3tts-opening");
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
        try (Scope owned = new Scope()) {
            T opened = result.handle((value, failure) -> value).join();
            if (opened != null) {
                owned.own(opened);
            }
        }
    }
}
