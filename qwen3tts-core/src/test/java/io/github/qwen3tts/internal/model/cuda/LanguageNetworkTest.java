package io.github.qwen3tts.internal.model.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.runtime.cuda.Launch;
import io.github.qwen3tts.internal.runtime.cuda.MemoryPrediction;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which kernels multiply. */
class LanguageNetworkTest {

    private static final String OFF = "qwen3tts.off";

    private String before;

    @BeforeEach
    void remember() {
        before = System.clearProperty(OFF);
    }

    @AfterEach
    void restore() {
        if (before == null) {
            System.clearProperty(OFF);
        } else {
            System.setProperty(OFF, before);
        }
    }

    private static LanguageNetwork network(Precision precision) {
        Checkpoint checkpoint = Checkpoint.open(GoldenFiles.path("checkpoints/mini-custom-voice-1b7"));
        CudaSettings settings = new CudaSettings(precision, 64, 100, 64, Path.of("unused"));
        return new LanguageNetwork(new MemoryPrediction(), checkpoint, settings, Optional.empty());
    }

    private static long onTensorCores(List<Launch> launches) {
        return launches.stream()
                .filter(launch -> launch.kernel().startsWith("tensor_linear_"))
                .count();
    }

    @Test
    void promptsTakeTheTensorCores() {
        LanguageNetwork network = network(Precision.BF16);
        for (int rows : new int[] {16, 32, 64}) {
            assertEquals(3 * 4, onTensorCores(network.readPrompt(rows)), "four in each of three layers");
            assertEquals(2, onTensorCores(network.embedPrompt(rows)), "text projection");
        }
    }

    /** The same bits alone and in a batch, and the CPU's in fp32. */
    @Test
    void framesAndFp32DoNot() {
        for (int streams = 1; streams <= 64; streams *= 2) {
            assertEquals(0, onTensorCores(network(Precision.BF16).frame(streams)));
        }
        assertEquals(0, onTensorCores(network(Precision.FP32).readPrompt(64)));
        assertEquals(0, onTensorCores(network(Precision.FP32).embedPrompt(64)));
    }

    @Test
    void nothingDoesIfTheyAreOff() {
        System.setProperty(OFF, "cudaTensorCores");
        assertEquals(0, onTensorCores(network(Precision.BF16).readPrompt(64)));
        assertEquals(0, onTensorCores(network(Precision.BF16).embedPrompt(64)));
    }
}
