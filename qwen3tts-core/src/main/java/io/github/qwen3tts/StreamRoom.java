package io.github.qwen3tts;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Room for streams, which a card takes when an engine is opened.
 *
 * @param streams that speak at once
 * @param frames  of a stream's prompt and speech together
 */
record StreamRoom(int streams, int frames) {

    /** Where nothing was asked for, and there is memory enough. */
    static final StreamRoom DEFAULT = new StreamRoom(8, 4096);

    /** Frames below which nothing is gained: a minute and a half of speech, and its prompt. */
    private static final int FEWEST_FRAMES = 1024;

    /**
     * What may be opened, best first: what was asked for stays; else streams become fewer, since those that find none wait
     * for their turn, and then shorter, which cuts off long speeches.
     *
     * @param streams if asked for
     * @param frames  if asked for
     */
    static List<StreamRoom> choices(OptionalInt streams, OptionalInt frames) {
        List<StreamRoom> choices = new ArrayList<>();
        choices.add(new StreamRoom(streams.orElse(DEFAULT.streams), frames.orElse(DEFAULT.frames)));
        if (streams.isEmpty()) {
            halves(DEFAULT.streams, 1).forEach(fewer -> choices.add(new StreamRoom(fewer, choices.get(0).frames)));
        }
        if (frames.isEmpty()) {
            int fewest = choices.get(choices.size() - 1).streams;
            halves(DEFAULT.frames, FEWEST_FRAMES).forEach(shorter -> choices.add(new StreamRoom(fewest, shorter)));
        }
        return choices;
    }

    private static IntStream halves(int from, int least) {
        return IntStream.iterate(from / 2, size -> size >= least, size -> size / 2);
    }
}
