package io.github.qwen3tts.server.internal.http;

/** Receives the messages of one WebSocket. Calls come from its event loop, one at a time, and must not block. */
public interface WebSocketListener {

    /**
     * Called when the socket is open.
     *
     * @param socket to send on
     */
    void opened(WebSocket socket);

    /**
     * Called for every text message.
     *
     * @param message a whole text message
     */
    void text(String message);

    /** Called once when the socket is closed, by either side. */
    void closed();
}
