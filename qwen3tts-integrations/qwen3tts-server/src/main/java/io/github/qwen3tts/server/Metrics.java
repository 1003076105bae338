package io.github.qwen3tts.server;

import io.github.qwen3tts.api.SynthesisStats;
import java.util.Map;
import java.util.TreeMap;

/** Counts requests and streams for Prometheus. Thread-safe. */
final class Metrics {

    private static final double[] TTFA_SECONDS = {0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30};
    private static final double[] RTF = {0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.5, 2, 3, 5, 10};

    private final Map<String, Long> requests = new TreeMap<>(); // by labels
    private final Map<String, Long> speeches = new TreeMap<>(); // by labels
    private final Histogram timeToFirstAudio = new Histogram("qwen3tts_time_to_first_audio_seconds", TTFA_SECONDS);
    private final Histogram realTimeFactor = new Histogram("qwen3tts_real_time_factor", RTF);
    private double audioSeconds;
    private double computeSeconds;

    synchronized void request(String route, int status) {
        requests.merge("route=\"" + route + "\",status=\"" + status + "\"", 1L, Long::sum);
    }

    /** Counts a stream that ended; {@code end} is the reason. */
    synchronized void speech(String end, SynthesisStats stats) {
        speeches.merge("end=\"" + end + "\"", 1L, Long::sum);
        audioSeconds += stats.audioSeconds();
        computeSeconds += stats.computeMillis() / 1e3;
        if (stats.frames() > 0) {
            timeToFirstAudio.add(stats.ttfaMillis() / 1e3);
            realTimeFactor.add(stats.rtf());
        }
    }

    synchronized void failedSpeech() {
        speeches.merge("end=\"failed\"", 1L, Long::sum);
    }

    /** Writes all metrics in Prometheus' text format. */
    synchronized String text(ConcurrencyLimiter limiter) {
        StringBuilder out = new StringBuilder();
        head(out, "qwen3tts_requests_total", "counter", "Requests answered.");
        requests.forEach((labels, count) -> sample(out, "qwen3tts_requests_total{" + labels + "}", count));
        head(out, "qwen3tts_speeches_total", "counter", "Speeches, by how they ended.");
        speeches.forEach((labels, count) -> sample(out, "qwen3tts_speeches_total{" + labels + "}", count));
        head(out, "qwen3tts_speeches_speaking", "gauge", "Speeches being made.");
        sample(out, "qwen3tts_speeches_speaking", limiter.running());
        head(out, "qwen3tts_speeches_waiting", "gauge", "Speeches that wait for their turn.");
        sample(out, "qwen3tts_speeches_waiting", limiter.queued());
        head(out, "qwen3tts_audio_seconds_total", "counter", "Audio made.");
        sample(out, "qwen3tts_audio_seconds_total", audioSeconds);
        head(out, "qwen3tts_compute_seconds_total", "counter", "Time the engine worked for it.");
        sample(out, "qwen3tts_compute_seconds_total", computeSeconds);
        timeToFirstAudio.write(out, "From the engine taking a request to its first audio.");
        realTimeFactor.write(out, "Compute seconds per second of audio of a speech.");
        return out.toString();
    }

    private static void head(StringBuilder out, String name, String type, String help) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void sample(StringBuilder out, String name, double value) {
        out.append(name).append(' ').append(number(value)).append('\n');
    }

    private static String number(double value) {
        boolean whole = value == Math.rint(value) && Math.abs(value) < 1L << 53;
        return whole ? Long.toString((long) value) : Double.toString(value);
    }

    /** Counts values by upper bound. */
    private static final class Histogram {

        private final String name;
        private final double[] bounds;
        private final long[] counts;
        private long count;
        private double sum;

        Histogram(String name, double[] bounds) {
            this.name = name;
            this.bounds = bounds;
            this.counts = new long[bounds.length];
        }

        void add(double value) {
            count++;
            sum += value;
            for (int i = 0; i < bounds.length; i++) {
                if (value <= bounds[i]) {
                    counts[i]++;
                }
            }
        }

        void write(StringBuilder out, String help) {
            head(out, name, "histogram", help);
            for (int i = 0; i < bounds.length; i++) {
                sample(out, name + "_bucket{le=\"" + number(bounds[i]) + "\"}", counts[i]);
            }
            sample(out, name + "_bucket{le=\"+Inf\"}", count);
            sample(out, name + "_sum", sum);
            sample(out, name + "_count", count);
        }
    }
}
