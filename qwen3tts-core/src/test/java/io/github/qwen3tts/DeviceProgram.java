package io.github.qwen3tts;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import java.nio.file.Path;

/** {@code CHECKPOINT [DEVICE]}: speaks a little and says on what, or why not; the default device without a name. */
final class DeviceProgram {

    private DeviceProgram() {}

    public static void main(String[] args) {
        TtsEngineBuilder builder = TtsEngine.builder(Path.of(args[0])).threads(2);
        if (args.length > 1) {
            builder.device(args[1]);
        }
        try (TtsEngine engine = builder.build()) {
            SynthesisRequest request = SynthesisRequest.of("Hello.", Voice.named("ryan"))
                    .withMaxDuration(Frames.of(2))
                    .withSeed(1);
            int samples = engine.speak(request).audio().samples().length;
            System.out.println(engine.device() + (samples > 0 ? " spoke" : " was silent"));
        } catch (DeviceException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }
}
