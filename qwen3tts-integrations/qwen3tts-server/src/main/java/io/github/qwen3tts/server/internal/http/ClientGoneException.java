package io.github.qwen3tts.server.internal.http;

import java.io.IOException;

/** Nobody is there to be answered any more. */
public final class ClientGoneException extends IOException {

    private static final long serialVersionUID = 1L;

    ClientGoneException() {
        super("the client is gone");
    }
}
