package io.github.qwen3tts.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * One run of a graph of the engine.
 *
 * @param graph  its name
 * @param millis it took
 */
record GraphTime(String graph, double millis) {

    private static final String EVENT = "io.github.qwen3tts.GraphRun";

    /** Does some work and gives the runs of graphs meanwhile, in their order, from a flight recording. */
    static List<GraphTime> record(Runnable work) throws IOException {
        Path file = Files.createTempFile("qwen3tts-bench", ".jfr");
        try (Recording recording = new Recording()) {
            recording.enable(EVENT);
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
            return RecordingFile.readAllEvents(file).stream()
                    .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                    .map(event -> new GraphTime(
                            event.getString("graph"), event.getDuration().toNanos() / 1e6))
                    .toList();
        } finally {
            Files.delete(file);
        }
    }
}
