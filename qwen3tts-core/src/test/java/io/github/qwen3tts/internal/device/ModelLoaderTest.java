package io.github.qwen3tts.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.Backend;
import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.CheckpointCopy;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLoaderTest {

    private final OrtRuntime runtime = OrtRuntime.start(new OrtRuntime.Threads(2, false));

    @TempDir
    private Path directory;

    private LoadOptions options(Device device, Backend backend) {
        return new LoadOptions(
                device,
                backend,
                Precision.AUTO,
                OptionalInt.of(3),
                OptionalInt.empty(),
                100,
                directory.resolve("cache"),
                true);
    }

    @Test
    void aLoadedModelSaysWhatItCameTo() {
        try (LoadedModel model = ModelLoader.load(options(Device.CPU, Backend.NATIVE), runtime, Toys.TOY)) {
            assertEquals(Device.CPU, model.device());
            assertEquals(Precision.FP32, model.precision());
            assertEquals(new Capacity(3, Toys.TOY.config().talker().maxPositions()), model.capacity());
            assertEquals(1, model.languageModel().maxBatch());
            assertEquals(1920, model.codecDecoder().samplesPerFrame());
            assertEquals(runtime.threads().count() > 1, model.decodesBeside());
            assertTrue(model.toString().startsWith("ONNX Runtime, "), model.toString());
        }
    }

    @Test
    void autoWithoutTheProviderLoadsOnTheCpu() {
        try (LoadedModel model = ModelLoader.load(options(Device.AUTO, Backend.ONNX_RUNTIME), runtime, Toys.TOY)) {
            assertEquals(Device.CPU, model.device());
        }
        assertThrows(
                DeviceException.class,
                () -> ModelLoader.load(options(Device.cuda(0), Backend.ONNX_RUNTIME), runtime, Toys.TOY));
    }

    /** One of the two parts opens, on whichever thread, and has to be closed when the other one does not. */
    @Test
    void aPartThatDoesNotOpenLeavesNoThread() throws IOException {
        for (String file : new String[] {"model.safetensors", "speech_tokenizer/model.safetensors"}) {
            CheckpointCopy copy = CheckpointCopy.of("mini-custom-voice", directory.resolve(file));
            copy.header(file, header -> {
                header.remove("talker.codec_head.weight");
                header.remove("decoder.pre_conv.conv.bias");
            });
            Checkpoint damaged = Checkpoint.open(directory.resolve(file));
            assertThrows(
                    ModelLoadException.class,
                    () -> ModelLoader.load(options(Device.CPU, Backend.NATIVE), runtime, damaged));
            assertFalse(Thread.getAllStackTraces().keySet().stream()
                    .anyMatch(thread -> thread.getName().equals("qwen3tts-opening") && thread.isAlive()));
        }
    }
}
