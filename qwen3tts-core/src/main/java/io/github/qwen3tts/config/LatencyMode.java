package io.github.qwen3tts.config;

import io.github.qwen3tts.api.ChunkSchedule;
import java.util.List;
import java.util.stream.Stream;

/** The words of {@code latency_mode} and the sizes of chunks they stand for. */
enum LatencyMode {
    /** The first frame at once, then growing chunks. */
    LOW(ChunkSchedule.FIRST_AUDIO, "low", "ultra_low"),
    /** A third of a second at a time. */
    BALANCED(ChunkSchedule.fixed(4), "balanced", "normal"),
    /** A second at a time. */
    THROUGHPUT(ChunkSchedule.THROUGHPUT, "throughput", "high");

    private final ChunkSchedule chunks;
    private final List<String> words;

    LatencyMode(ChunkSchedule chunks, String... words) {
        this.chunks = chunks;
        this.words = List.of(words);
    }

    ChunkSchedule chunks() {
        return chunks;
    }

    static List<String> allWords() {
        return Stream.of(values()).flatMap(mode -> mode.words.stream()).toList();
    }

    static LatencyMode of(String word) {
        return Stream.of(values())
                .filter(mode -> mode.words.contains(word))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public String toString() {
        return words.get(0);
    }
}
