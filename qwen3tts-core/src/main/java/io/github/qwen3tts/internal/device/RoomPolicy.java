package io.github.qwen3tts.internal.device;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Decides for how many streams a card takes memory when an engine is opened, and for how long ones. */
public final class RoomPolicy {

    /** Streams where nothing was asked for, if there is memory enough. */
    public static final int STREAMS = 8;

    /** Frames of a stream, its prompt included: five minutes. */
    private static final int FRAMES = 4096;

    /** Shorter ones, of less than 82 seconds with their prompt, would cut off too much. */
    private static final int FEWEST_FRAMES = 1024;

    private RoomPolicy() {}

    /** What was asked for; else best first. Streams that find no room wait for their turn. */
    public static List<Integer> streams(OptionalInt asked) {
        return asked.isPresent() ? List.of(asked.getAsInt()) : halves(STREAMS, 1);
    }

    /** What was asked for; else best first. Shorter ones cut off long speeches. */
    public static List<Integer> frames(OptionalInt asked) {
        return asked.isPresent() ? List.of(asked.getAsInt()) : halves(FRAMES, FEWEST_FRAMES);
    }

    private static List<Integer> halves(int from, int least) {
        return IntStream.iterate(from, size -> size >= least, size -> size / 2)
                .boxed()
                .toList();
    }
}
