package io.github.qwen3tts.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qwen3tts.api.Backend;
import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.internal.model.cuda.CudaSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CapacityPolicyTest {

    private static final OptionalInt DEFAULT = OptionalInt.empty();

    @TempDir
    private Path directory;

    private LoadOptions options(Precision precision, OptionalInt streams, OptionalInt frames) {
        return new LoadOptions(Device.AUTO, Backend.NATIVE, precision, streams, frames, 100, directory, false);
    }

    /** A GPU with little memory: fewer streams, then smaller weights, then shorter streams. */
    @Test
    void whatIsHeardMostGoesLast() throws IOException {
        List<String> expected = Stream.of(4096, 2048, 1024)
                .flatMap(frames -> Stream.of(WeightFormat.BF16, WeightFormat.INT8, WeightFormat.INT4)
                        .flatMap(talker ->
                                Stream.of(8, 4, 2, 1).map(streams -> streams + " of " + frames + " in " + talker)))
                .toList();
        assertEquals(
                expected,
                CapacityPolicy.onCuda(options(Precision.AUTO, DEFAULT, DEFAULT), Toys.large(directory)).stream()
                        .map(settings -> settings.maxStreams() + " of " + settings.maxPositions() + " in "
                                + settings.precision().talker())
                        .toList());
    }

    @Test
    void whatWasAskedForStays() throws IOException {
        LoadOptions asked = options(Precision.INT8, OptionalInt.of(30), OptionalInt.of(70));
        assertEquals(
                List.of(new CudaSettings(Precision.INT8, 30, 70, 102, directory)),
                CapacityPolicy.onCuda(asked, Toys.large(directory)));
        assertEquals(30, CapacityPolicy.streamsOnCpu(asked));
        assertEquals(8, CapacityPolicy.streamsOnCpu(options(Precision.INT8, DEFAULT, DEFAULT)));
    }

    @Test
    void streamsAreNoLongerThanTheContextOfTheModel() {
        int context = Toys.TOY.config().talker().maxPositions();
        LoadOptions asked = options(Precision.FP32, OptionalInt.of(1), OptionalInt.of(context + 1));
        assertEquals(
                List.of(context),
                CapacityPolicy.onCuda(asked, Toys.TOY).stream()
                        .map(CudaSettings::maxPositions)
                        .toList());
    }
}
