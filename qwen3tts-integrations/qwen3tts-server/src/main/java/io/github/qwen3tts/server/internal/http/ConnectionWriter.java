package io.github.qwen3tts.server.internal.http;

import io.netty.channel.Channel;

/**
 * Writes to a connection from threads that may block, and waits while the send buffer is full. One thread at a time
 * writes; the connection's event loop reports changes.
 */
final class ConnectionWriter {

    private final Channel channel;
    private boolean disconnected; // guarded by this

    ConnectionWriter(Channel channel) {
        this.channel = channel;
    }

    Channel channel() {
        return channel;
    }

    /** Sends a message, then waits until the send buffer takes another one. */
    void send(Object message) throws ClientDisconnectedException {
        channel.writeAndFlush(message);
        awaitWritable();
    }

    private synchronized void awaitWritable() throws ClientDisconnectedException {
        boolean interrupted = false;
        while (!disconnected && !channel.isWritable()) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
                disconnected = true; // the server shuts down
                channel.close();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (disconnected) {
            throw new ClientDisconnectedException();
        }
    }

    /** Wakes the writer after the channel's writability has changed. Event loop only. */
    synchronized void writabilityChanged() {
        notifyAll();
    }

    /** Marks the connection as closed and wakes the writer. Event loop only. */
    synchronized void disconnected() {
        disconnected = true;
        notifyAll();
    }

    synchronized boolean isDisconnected() {
        return disconnected;
    }
}
