package io.github.qwen3tts.internal.stream;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.SpeechCancelledException;
import io.github.qwen3tts.api.SynthesisStats;
import io.github.qwen3tts.api.TtsException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;

/**
 * What passes from the engine thread to the reader of one stream: chunks, then exactly one terminal event. The engine
 * never waits; it asks {@link #isFull} and turns to other streams meanwhile.
 */
public final class ChunkQueue {

    /** A chunk, or the end: finished with statistics, or failed. */
    public sealed interface Event {

        /** What a reader has to be told; null for audio and for a speech that is complete. */
        TtsException failure();

        /** A chunk. */
        record Audio(AudioChunk chunk) implements Event {
            @Override
            public TtsException failure() {
                return null;
            }
        }

        /** The end of a speech that did not fail. */
        record Finished(SynthesisStats stats) implements Event {
            @Override
            public TtsException failure() {
                return stats.reason() != FinishReason.CANCELLED
                        ? null
                        : new SpeechCancelledException(
                                "the stream was closed before its speech was complete: frames=" + stats.frames());
            }
        }

        /** The end of a speech that failed. */
        record Failed(TtsException cause) implements Event {
            @Override
            public TtsException failure() {
                return cause;
            }
        }
    }

    private final Deque<Event> events = new ArrayDeque<>();
    private final double maxSeconds;
    private final Runnable onRoom;
    private double seconds;
    private Event terminal;
    private Event told; // after the last chunk: the terminal event, or that chunks were dropped

    /**
     * An empty queue.
     *
     * @param maxSeconds of audio that may wait
     * @param onRoom     called on the reader's thread when the queue stops being full
     */
    public ChunkQueue(double maxSeconds, Runnable onRoom) {
        this.maxSeconds = maxSeconds;
        this.onRoom = onRoom;
    }

    /** Whether the reader is slow. */
    public synchronized boolean isFull() {
        return isFullWith(0);
    }

    /** Whether it will be once so much audio has come. */
    public synchronized boolean isFullWith(double moreSeconds) {
        return seconds + moreSeconds >= maxSeconds;
    }

    /** Whether the terminal event has come. */
    public synchronized boolean isTerminated() {
        return terminal != null;
    }

    /** Adds a chunk, unless the terminal event has come. */
    public synchronized void add(AudioChunk chunk) {
        if (terminal == null) {
            events.add(new Event.Audio(chunk));
            seconds += chunk.seconds();
            notifyAll();
        }
    }

    /** The one terminal event; later ones are ignored. */
    public synchronized void end(Event event) {
        if (terminal == null) {
            terminal = event;
            told = event;
            events.add(event);
            notifyAll();
        }
    }

    /** Drops what waits and ends the stream. If it has ended, that stays so, but who missed audio is told of this. */
    public synchronized void cancel(Event event) {
        boolean missed = events.peek() instanceof Event.Audio;
        if (terminal == null || missed) {
            events.clear();
            seconds = 0;
            end(event);
            told = event;
            notifyAll();
        }
    }

    /** Waits for the next event; the terminal one is handed out again and again. */
    Event take() throws InterruptedException {
        return take(() -> true);
    }

    /** Likewise, but leaves audio waiting until it is wanted; what changes that calls {@link #wake}. */
    Event take(BooleanSupplier audioWanted) throws InterruptedException {
        Event event;
        boolean room;
        synchronized (this) {
            while (!isReady(audioWanted)) {
                wait();
            }
            boolean wasFull = isFull();
            event = events.isEmpty() ? told : events.poll();
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

    private boolean isReady(BooleanSupplier audioWanted) {
        return events.peek() instanceof Event.Audio
                ? audioWanted.getAsBoolean()
                : !events.isEmpty() || terminal != null;
    }

    /** Lets a waiting reader look again. */
    synchronized void wake() {
        notifyAll();
    }

    /** The terminal event, or null while there is none. */
    public synchronized Event terminal() {
        return terminal;
    }
}
