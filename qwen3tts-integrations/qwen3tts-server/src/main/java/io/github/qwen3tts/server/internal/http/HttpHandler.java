package io.github.qwen3tts.server.internal.http;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Handles the requests of an {@link HttpServer}. */
public interface HttpHandler {

    /** Decides from a request's head whether its body is read. Must not block. */
    Decision decide(RequestHead head);

    /**
     * Handles a request on a thread that may block.
     *
     * @param exchange the request, and the way to respond
     * @throws IOException if the client has disconnected
     */
    void handle(Exchange exchange) throws IOException;

    /**
     * Makes the response to a request whose body is larger than allowed.
     *
     * @param maxBytes that were allowed
     * @return a response of status 413
     */
    Response tooLarge(int maxBytes);

    /**
     * Makes the response to a request that is malformed, or that there is no capacity for.
     *
     * @param status 400 or 429
     * @return a response of this status
     */
    Response rejected(int status);

    /**
     * Accepts a WebSocket. Called after {@link #decide} accepted the request. Must not block.
     *
     * @param head the request to upgrade
     * @return the listener, or empty if there is no WebSocket at this path
     */
    Optional<WebSocketListener> openWebSocket(RequestHead head);

    /** Whether the body of a request is read. */
    sealed interface Decision {

        /**
         * The request is accepted.
         *
         * @param maxBodyBytes largest body that is read
         * @param headers      of any response to it
         */
        record Accept(int maxBodyBytes, Map<String, String> headers) implements Decision {}

        /**
         * The request is rejected.
         *
         * @param response to send instead; the connection is closed after it
         */
        record Reject(Response response) implements Decision {}
    }
}
