package io.github.qwen3tts.internal.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;

/** Closes what it owns, newest first, each once. For one thread at a time. */
public final class Scope implements AutoCloseable {

    private final Deque<AutoCloseable> owned = new ArrayDeque<>();

    /** An empty scope. */
    public Scope() {}

    /**
     * Takes a resource over.
     *
     * @param resource to close with the scope
     * @param <T>      its type
     * @return the resource
     */
    public <T extends AutoCloseable> T own(T resource) {
        owned.push(resource);
        return resource;
    }

    /**
     * Opens something made of parts. If that fails half-way, closes the parts opened so far.
     *
     * @param opening makes it, and has the scope own each part as soon as it is open
     * @param <T>     what is opened; keeps the scope to close its parts with
     * @return what was opened
     */
    public static <T> T open(Function<Scope, T> opening) {
        Scope owned = new Scope();
        try {
            return opening.apply(owned);
        } catch (RuntimeException | Error e) {
            owned.closeAfter(e);
            throw e;
        }
    }

    /**
     * Closes everything because of a failure, to which failures while closing are added.
     *
     * @param failure the failure
     */
    public void closeAfter(Throwable failure) {
        try {
            close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        RuntimeException first = null;
        while (!owned.isEmpty()) {
            try {
                owned.pop().close();
            } catch (Exception e) {
                if (first == null) {
                    first = e instanceof RuntimeException r ? r : new IllegalStateException("cannot close", e);
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
