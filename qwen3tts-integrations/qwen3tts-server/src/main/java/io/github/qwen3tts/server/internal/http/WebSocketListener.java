package io.github.qwen3tts.server.internal.http;

/** Listens to one WebSocket. Calls come from its event loop, one at a time, and must not block. */
public interface WebSocketListener {

    /**
     * The socket is open.
     *
     * @param socket to answer on
     */
    void opened(WebSocket socket);

    /**
     * The client said something.
     *
     * @param message a whole text message
     */
    void text(String message);

    /** The socket is closed, whoever closed it. Called once. */
    void closed();
}
