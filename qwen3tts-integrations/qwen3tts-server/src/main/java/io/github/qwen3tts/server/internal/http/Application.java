package io.github.qwen3tts.server.internal.http;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** What a server answers. */
public interface Application {

    /**
     * Looks at a request before its body is read. Must not block.
     *
     * @param head the request
     * @return whether it comes in
     */
    Admission admit(RequestHead head);

    /**
     * Answers a request, on a thread of its own that may block.
     *
     * @param exchange the request, and the way to answer
     * @throws IOException if the client is gone
     */
    void answer(Exchange exchange) throws IOException;

    /**
     * Takes an answer for a request whose body is larger than it was allowed to be.
     *
     * @param maxBytes that were allowed
     * @return the answer, of status 413
     */
    Answer tooLarge(int maxBytes);

    /**
     * Takes an answer for a request that is no HTTP, or that there is no room for.
     *
     * @param status 400 or 429
     * @return the answer
     */
    Answer refused(int status);

    /**
     * Accepts a WebSocket. Asked after {@link #admit} let the request in. Must not block.
     *
     * @param head the request to upgrade
     * @return who listens, or empty if the path is no WebSocket's
     */
    Optional<WebSocketListener> open(RequestHead head);

    /** Whether a request comes in. */
    sealed interface Admission {

        /**
         * It does.
         *
         * @param maxBodyBytes of its body
         * @param headers      that its answer has, whatever it is
         */
        record Let(int maxBodyBytes, Map<String, String> headers) implements Admission {}

        /**
         * It does not.
         *
         * @param answer instead
         */
        record Refuse(Answer answer) implements Admission {}
    }
}
