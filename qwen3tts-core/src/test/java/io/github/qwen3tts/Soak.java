package io.github.qwen3tts;

import java.util.List;
import java.util.stream.Stream;

/** How much tests try: {@code ./dev soak N} has N times as many random cases, from other seeds, and every case of a sweep. */
public final class Soak {

    /** 0 in the ordinary build. */
    private static final int TIMES = Integer.getInteger("qwen3tts.soak", 0);

    private static final long SEED = Long.getLong("qwen3tts.soak.seed", System.currentTimeMillis());

    static {
        if (TIMES > 0) {
            System.out.println("soak: " + TIMES + " times the cases; the same again: -Dqwen3tts.soak.seed=" + SEED);
        }
    }

    private Soak() {}

    /** Returns whether this is a soak. */
    public static boolean on() {
        return TIMES > 0;
    }

    /** Returns how many cases to try, of which the ordinary build tries {@code few}. */
    public static int cases(int few) {
        return TIMES == 0 ? few : Math.multiplyExact(few, TIMES);
    }

    /** Returns the seed to draw from: in a soak one that differs from run to run, and is printed. */
    public static long seed(long ordinary) {
        return TIMES == 0 ? ordinary : ordinary + SEED;
    }

    /** Returns the first {@code few} of a sweep, in a soak all of it. */
    public static <T> Stream<T> sweep(int few, List<T> all) {
        return all.stream().limit(TIMES == 0 ? few : all.size());
    }
}
