package io.github.qwen3tts.internal.device;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.cuda.CudaSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Decides how many streams a model takes and, on a GPU, for how long ones memory is reserved when it is loaded. */
final class CapacityPolicy {

    /** Streams by default, if there is memory enough. */
    static final int STREAMS = 8;

    /** Frames of a stream by default, its prompt included: five minutes. */
    private static final int FRAMES = 4096;

    /** Shorter streams, of less than 82 seconds with their prompt, would cut off too much. */
    private static final int FEWEST_FRAMES = 1024;

    /** The text rows that follow a prompt are its tokens and their end. */
    private static final int ROWS_BESIDE_TEXT = 2;

    private CapacityPolicy() {}

    /** Streams on the CPU, which take memory as they need it. */
    static int streamsOnCpu(LoadOptions options) {
        return options.maxStreams().orElse(STREAMS);
    }

    /**
     * Lists settings for a GPU, best first: streams become fewer, then weights smaller, then streams shorter, which is
     * heard most. What was asked for stays.
     */
    static List<CudaSettings> onCuda(LoadOptions options, Checkpoint checkpoint) {
        List<CudaSettings> choices = new ArrayList<>();
        for (int length : askedOrHalves(options.maxFrames(), FRAMES, FEWEST_FRAMES)) {
            for (Precision precision : PrecisionPolicy.onCuda(options.precision(), checkpoint)) {
                for (int count : askedOrHalves(options.maxStreams(), STREAMS, 1)) {
                    choices.add(new CudaSettings(
                            precision,
                            count,
                            Math.min(length, checkpoint.config().talker().maxPositions()),
                            options.maxTextTokens() + ROWS_BESIDE_TEXT,
                            options.cacheDirectory()));
                }
            }
        }
        return choices;
    }

    private static List<Integer> askedOrHalves(OptionalInt asked, int from, int least) {
        return asked.isPresent()
                ? List.of(asked.getAsInt())
                : IntStream.iterate(from, size -> size >= least, size -> size / 2)
                        .boxed()
                        .toList();
    }
}
