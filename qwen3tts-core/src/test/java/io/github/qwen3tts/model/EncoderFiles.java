package io.github.qwen3tts.model;

import io.github.qwen3tts.audio.wav.WavReader;
import io.github.qwen3tts.checkpoint.Checkpoint;
import io.github.qwen3tts.runtime.OrtRuntime;
import io.github.qwen3tts.safetensors.Safetensors;
import io.github.qwen3tts.text.GoldenFiles;
import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.file.Path;

/** The encoders of a tiny Base checkpoint, and what the original model's make of a clip with the same weights. */
final class EncoderFiles {

    private static final Path ROOT = GoldenFiles.path("encoders");

    private EncoderFiles() {}

    static OrtRuntime runtime() {
        return OrtRuntime.start(new OrtRuntime.Threads(1, false));
    }

    static Checkpoint checkpoint() {
        return Checkpoint.open(ROOT.resolve("mini-base"));
    }

    static float[] clip() throws IOException {
        return WavReader.read(ROOT.resolve("speech_short_24k.wav")).samples();
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
        return Safetensors.open(ROOT.resolve("speech_short_24k.safetensors"));
    }
}
