package io.github.qwen3tts.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How long a number takes from one CPU to another and back: on AMD's Zen 4, 70 ns where they share a cache and 350
 * where they do not. A virtual machine may go from the one to the other while it runs.
 */
final class Handover {

    private static final int ROUNDS = 500; // some 35 us, and seconds where both threads have one CPU
    private static final int END = -1;

    private volatile int ball;

    private Handover() {}

    /** Nanoseconds for there and back: the median of some rounds within so many milliseconds. */
    static double nanos(int millis) {
        Handover table = new Handover();
        Thread peer = new Thread(table::answer, "handover");
        peer.setDaemon(true);
        peer.start();
        List<Double> nanos = new ArrayList<>();
        long end = System.nanoTime() + millis * 1_000_000L;
        int sent = 0;
        do {
            long began = System.nanoTime();
            for (int i = 0; i < ROUNDS; i++) {
                sent += 2; // odd numbers are on their way, even ones are back
                table.ball = sent - 1;
                while (table.ball != sent) {
                    Thread.onSpinWait();
                }
            }
            nanos.add((double) (System.nanoTime() - began) / ROUNDS);
        } while (System.nanoTime() < end);
        table.ball = END;
        Collections.sort(nanos);
        return nanos.get((nanos.size() - 1) / 2);
    }

    private void answer() {
        int seen;
        while ((seen = ball) != END) {
            if ((seen & 1) == 1) {
                ball = seen + 1;
            } else {
                Thread.onSpinWait();
            }
        }
    }
}
