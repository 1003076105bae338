package io.github.qwen3tts;

import io.github.qwen3tts.api.ChunkSchedule;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.internal.runtime.Uninterruptibly;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code CHECKPOINT CACHE}: an engine on a GPU that is lost while three streams speak. */
final class DeviceLostProgram {

    private DeviceLostProgram() {}

    public static void main(String[] args) {
        TtsEngine engine = TtsEngine.builder(Path.of(args[0]))
                .threads(2)
                .device("cuda")
                .maxStreams(2) // the third one waits
                .maxFrames(200)
                .maxTextTokens(100)
                .cacheDirectory(Path.of(args[1]))
                .build();
        SynthesisRequest request = SynthesisRequest.of("The lake is quiet.", Voice.named("ryan"))
                .withMaxDuration(Frames.of(100))
                .withChunks(ChunkSchedule.fixed(1));
        List<Thread> readers = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            long seed = i;
            Thread reader = new Thread(() ->
                    tell("stream", () -> engine.stream(request.withSeed(seed)).forEach(chunk -> {})));
            reader.start();
            readers.add(reader);
        }
        readers.forEach(Uninterruptibly::join);
        tell("later", () -> engine.stream(request));
        tell("close", engine::close);
        tell("closed", () -> engine.stream(request));
    }

    private static void tell(String what, Runnable action) {
        try {
            action.run();
            System.out.println(what + " worked");
        } catch (TtsException e) {
            System.out.println(what + ": " + e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }
}
