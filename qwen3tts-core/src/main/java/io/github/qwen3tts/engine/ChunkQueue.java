package io.github.qwen3tts.engine;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.SynthesisStats;
import io.github.qwen3tts.api.TtsException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What passes from the engine thread to the reader of one stream: chunks, then exactly one terminal event. The engine
 * never waits; it asks {@link #isFull} and turns to other streams meanwhile.
 */
final class ChunkQueue {

    /** A chunk, or the end: finished with statistics, or failed. */
    sealed interface Event {
        record Audio(AudioChunk chunk) implements Event {}

        record Finished(SynthesisStats stats) implements Event {}

        record Failed(TtsException cause) implements Event {}
    }

    private final Deque<Event> events = new ArrayDeque<>();
    private final double maxSeconds;
    private final Runnable onRoom;
    private double seconds;
    private Event terminal;

    /**
     * An empty queue.
     *
     * @param maxSeconds of audio that may wait
     * @param onRoom     called on the reader's thread when the queue stops being full
     */
    ChunkQueue(double maxSeconds, Runnable onRoom) {
        this.maxSeconds = maxSeconds;
        this.onRoom = onRoom;
    }

    synchronized boolean isFull() {
        return seconds >= maxSeconds;
    }

    synchronized boolean isTerminated() {
        return terminal != null;
    }

    synchronized void add(AudioChunk chunk) {
        if (terminal == null) {
            events.add(new Event.Audio(chunk));
            seconds += chunk.seconds();
            notifyAll();
        }
    }

    /** The one terminal event; later ones are ignored. */
    synchronized void end(Event event) {
        if (terminal == null) {
            terminal = event;
            events.add(event);
            notifyAll();
        }
    }

    /** Drops what waits and ends the stream, unless it has ended. */
    synchronized void cancel(Event event) {
        if (terminal == null) {
            events.clear();
            seconds = 0;
            end(event);
        }
    }

    /** Waits for the next event; the terminal one is handed out again and again. */
    Event take() throws InterruptedException {
        Event event;
        boolean room;
        synchronized (this) {
            while (events.isEmpty() && terminal == null) {
                wait();
            }
            boolean wasFull = isFull();
            event = events.isEmpty() ? terminal : events.poll();
            if (event instanceof Event.Audio audio) {
                seconds -= audio.chunk().seconds();
            }
            room = wasFull && !isFull();
        }
        if (room) {
            onRoom.run();
        }
        return event;
    }

    /** The terminal event, or null while there is none. */
    synchronized Event terminal() {
        return terminal;
    }
}
