package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.audio.internal.wav.WavReader;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.io.IOException;
import java.nio.LongBuffer;

/** The encoders of a tiny Base checkpoint, and what the original model's encoders make of a clip. */
final class EncoderFiles {

    private EncoderFiles() {}

    static OrtRuntime runtime() {
        return OrtRuntime.start(new OrtRuntime.Threads(1, false));
    }

    static Checkpoint checkpoint() {
        return Checkpoint.open(GoldenFiles.path("checkpoints/mini-base"));
    }

    static float[] clip() throws IOException {
        return WavReader.read(GoldenFiles.path("audio/speech_short_24k.wav")).samples();
    }

    static float[] goldenFloats(String tensor) throws IOException {
        return Safetensors.readFloats(golden().get(tensor));
    }

    static int[] goldenCodes() throws IOException {
        LongBuffer codes = Safetensors.map(golden().get("ref_codes")).asLongBuffer();
        int[] all = new int[codes.remaining()];
        for (int i = 0; i < all.length; i++) {
            all[i] = (int) codes.get(i);
        }
        return all;
    }

    private static Safetensors golden() throws IOException {
        return Safetensors.open(GoldenFiles.path("cases/mini-base/ref-speech_short_24k/tensors.safetensors"));
    }
}
