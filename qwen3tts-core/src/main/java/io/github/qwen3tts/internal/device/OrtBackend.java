package io.github.qwen3tts.internal.device;

import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.CachedMatrices;
import io.github.qwen3tts.internal.model.CodecDecoder;
import io.github.qwen3tts.internal.model.LanguageModel;
import io.github.qwen3tts.internal.model.OrtCodecDecoder;
import io.github.qwen3tts.internal.model.OrtLanguageModel;
import io.github.qwen3tts.internal.model.Tap;
import io.github.qwen3tts.internal.runtime.Opening;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import java.nio.file.Path;

/** The model as graphs on ONNX Runtime: on the processor, or on a card behind its CUDA provider. */
public final class OrtBackend implements ModelBackend {

    private final OrtRuntime runtime;
    private final Checkpoint checkpoint;
    private final Device device;
    private final Precision precision;
    private final Path cacheDirectory;
    private final Scope owned = new Scope();
    private final Opening<OrtCodecDecoder> codec;

    /** {@code runtime} is that of the device; {@code precision} is resolved. */
    OrtBackend(OrtRuntime runtime, Checkpoint checkpoint, Device device, Precision precision, Path cacheDirectory) {
        this.runtime = runtime;
        this.checkpoint = checkpoint;
        this.device = device;
        this.precision = precision;
        this.cacheDirectory = cacheDirectory;
        codec = owned.own(new Opening<>(() -> OrtCodecDecoder.open(
                runtime, checkpoint, CachedMatrices.codecDecoder(checkpoint, precision, cacheDirectory))));
    }

    @Override
    public LanguageModel languageModel() {
        return owned.own(OrtLanguageModel.open(
                runtime, checkpoint, CachedMatrices.languageModel(checkpoint, precision, cacheDirectory), Tap.NONE));
    }

    @Override
    public CodecDecoder codecDecoder() {
        return codec.await();
    }

    /**
     * The language model waits for memory, and the decoder for arithmetic: side by side they fill two processors a little
     * better. But two threads that wait actively leave none for a third, nor do two pools of them. With more processors it
     * is not measured.
     */
    @Override
    public boolean decodesBeside() {
        OrtRuntime.Threads threads = runtime.threads();
        boolean processorLeft = threads.spin() ? threads.count() >= 4 && runtime.sharesOnePool() : threads.count() >= 2;
        return device.equals(Device.CPU) && processorLeft;
    }

    @Override
    public OrtRuntime encoders() {
        return runtime;
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public Precision precision() {
        return precision;
    }

    @Override
    public int maxStreams() {
        return Integer.MAX_VALUE; // streams take turns
    }

    @Override
    public int maxPositions() {
        return checkpoint.config().talker().maxPositions(); // caches grow
    }

    @Override
    public void close() {
        owned.close();
    }

    @Override
    public String toString() {
        return "ONNX Runtime on " + device + ", " + runtime.threads();
    }
}
