package io.github.qwen3tts.server.internal.http;

import java.io.IOException;

/** Thrown when the client closed its connection before the response was complete. */
public final class ClientDisconnectedException extends IOException {

    private static final long serialVersionUID = 1L;

    ClientDisconnectedException() {
        super("the client has disconnected");
    }
}
