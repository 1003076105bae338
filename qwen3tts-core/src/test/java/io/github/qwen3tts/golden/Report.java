package io.github.qwen3tts.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What the checks of one case found: a line per tensor with its largest error, and whether all are within tolerance. */
final class Report {

    private final List<String> lines = new ArrayList<>();
    private boolean passed = true;

    boolean passed() {
        return passed;
    }

    List<String> lines() {
        return lines;
    }

    /** Compares floats by the largest difference and the root mean square of all differences. */
    void close(String tensor, float[] expected, float[] actual, Tolerance tolerance) {
        if (expected.length != actual.length) {
            fail(tensor, "expected " + expected.length + " values, got " + actual.length);
            return;
        }
        double max = 0;
        double squares = 0;
        int at = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs((double) expected[i] - actual[i]);
            squares += difference * difference;
            if (!(difference <= max)) { // catches NaN too
                max = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
                at = i;
            }
        }
        double rms = Math.sqrt(squares / Math.max(1, expected.length));
        boolean ok = max <= tolerance.max() && rms <= tolerance.rms();
        line(ok, tensor, String.format(Locale.ROOT, "max %.2e at %d, rms %.2e (accept %s)", max, at, rms, tolerance));
    }

    /** Compares whole numbers, which have to be equal. */
    void equal(String tensor, int[] expected, int[] actual) {
        int at = Arrays.mismatch(expected, actual);
        line(
                at < 0,
                tensor,
                at < 0
                        ? expected.length + " equal"
                        : "differs at " + at + ": expected " + at(expected, at) + ", got " + at(actual, at));
    }

    /** Compares anything else, which has to be equal. */
    void equal(String name, Object expected, Object actual) {
        line(expected.equals(actual), name, "expected " + expected + ", got " + actual);
    }

    /** Compares a figure of merit with the least that is accepted. */
    void atLeast(String name, double least, double actual) {
        line(actual >= least, name, String.format(Locale.ROOT, "%.1f (accept >= %.1f)", actual, least));
    }

    void fail(String name, String why) {
        line(false, name, why);
    }

    private void line(boolean ok, String name, String what) {
        passed &= ok;
        lines.add(String.format(Locale.ROOT, "  %s %-28s %s", ok ? "ok  " : "FAIL", name, what));
    }

    private static Object at(int[] values, int index) {
        return index < values.length ? values[index] : "(end)";
    }
}
