package io.github.qwen3tts.server.internal.http;

import io.netty.channel.Channel;

/**
 * The writing end of a connection for threads that may block: lets them wait while more than a little is on its way.
 * Written to by one thread at a time; told by the connection's event loop.
 */
final class Outlet {

    private final Channel channel;
    private boolean gone; // guarded by this

    Outlet(Channel channel) {
        this.channel = channel;
    }

    Channel channel() {
        return channel;
    }

    /** Sends a message at once, then waits until there is room for another one. */
    void send(Object message) throws ClientGoneException {
        channel.writeAndFlush(message);
        awaitRoom();
    }

    private synchronized void awaitRoom() throws ClientGoneException {
        boolean interrupted = false;
        while (!gone && !channel.isWritable()) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
                gone = true; // a server that shuts down
                channel.close();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (gone) {
            throw new ClientGoneException();
        }
    }

    /** From the event loop: there may be room now. */
    synchronized void roomChanged() {
        notifyAll();
    }

    /** From the event loop: the client has left. */
    synchronized void clientLeft() {
        gone = true;
        notifyAll();
    }

    synchronized boolean isGone() {
        return gone;
    }
}
