package io.github.qwen3tts.internal.model.cuda;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.Progress;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.quantize.PackedMatrix;
import io.github.qwen3tts.internal.quantize.QuantizedWeights;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.cuda.CudaDevice;
import io.github.qwen3tts.internal.runtime.cuda.DeviceArena;
import io.github.qwen3tts.internal.runtime.cuda.DeviceMemory;
import io.github.qwen3tts.internal.runtime.cuda.MemoryPrediction;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** A checkpoint's language model and codec decoder on one GPU, with everything they keep there. */
public final class CudaModel implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(CudaModel.class.getName());

    /** Codec states beside those of speaking streams: voices that were cloned last, and as many being read. */
    private static final int KEPT_STATES = 16;

    /** Left to the driver where there is a choice; a guess, as no GPU was at hand. */
    private static final long DRIVER_BYTES = 256L << 20;

    private final Scope owned;
    private final CudaLanguageModel languageModel;
    private final CudaCodecDecoder codecDecoder;

    /** Everything on the device: built against a prediction, and again against the arena. */
    private record Networks(LanguageNetwork language, CodecNetwork codec, long codecStaging) {

        static Networks build(
                DeviceMemory memory, Checkpoint checkpoint, CudaSettings settings, Optional<Safetensors> quantized) {
            LanguageNetwork language = new LanguageNetwork(memory, checkpoint, settings, quantized);
            CodecNetwork codec = new CodecNetwork(memory, checkpoint, settings.maxStreams(), states(settings));
            return new Networks(language, codec, memory.take("codec staging", CudaCodecDecoder.stagingBytes(codec)));
        }
    }

    private static int states(CudaSettings settings) {
        return settings.maxStreams() + KEPT_STATES;
    }

    private CudaModel(
            CudaDevice device, Checkpoint checkpoint, CudaSettings settings, Consumer<Progress> progress, Scope owned) {
        this.owned = owned;
        MemoryPrediction prediction = new MemoryPrediction();
        List<PackedMatrix> matrices = Networks.build(prediction, checkpoint, settings, Optional.empty())
                .language()
                .quantizedMatrices();
        LOG.log(
                System.Logger.Level.INFO,
                "device memory: needed={0} MiB, free={1} MiB, for {2}",
                prediction.bytes() >> 20,
                device.freeBytes() >> 20,
                settings.sizes());
        DeviceArena arena = owned.own(new DeviceArena(device, prediction.bytes(), settings.sizes()));
        arena.checkRoom(); // before weights are rounded, which takes a minute
        Optional<Safetensors> quantized = matrices.isEmpty()
                ? Optional.empty()
                : Optional.of(QuantizedWeights.openOrMake(
                        settings.cacheDirectory(), checkpoint, checkpoint.weights(), matrices, progress));
        Networks networks = Networks.build(arena, checkpoint, settings, quantized);
        networks.language().load(device);
        networks.codec().load(device);
        ReentrantLock turns = new ReentrantLock(true); // in the order of arrival
        languageModel = owned.own(new CudaLanguageModel(device, turns, checkpoint, settings, networks.language()));
        codecDecoder = owned.own(
                new CudaCodecDecoder(device, turns, networks.codec(), states(settings), networks.codecStaging()));
    }

    /**
     * What opening takes from the device.
     *
     * @param checkpoint configuration and weights, of which only shapes are read
     * @param settings   precision and sizes
     * @return bytes
     */
    public static long predictedBytes(Checkpoint checkpoint, CudaSettings settings) {
        MemoryPrediction prediction = new MemoryPrediction();
        Networks.build(prediction, checkpoint, settings, Optional.empty());
        return prediction.bytes();
    }

    /**
     * Whether there is memory for it, and some for what the driver keeps of graphs.
     *
     * @param freeBytes  of the device
     * @param checkpoint configuration and weights, of which only shapes are read
     * @param settings   precision and sizes
     * @return true if opening can be expected to work
     */
    static boolean fits(long freeBytes, Checkpoint checkpoint, CudaSettings settings) {
        return predictedBytes(checkpoint, settings) <= freeBytes - DRIVER_BYTES;
    }

    /**
     * Chooses by memory.
     *
     * @param freeBytes  of the device
     * @param checkpoint configuration and weights, of which only shapes are read
     * @param choices    best first, at least one
     * @return the first that fits, or the last if none does
     */
    public static CudaSettings firstThatFits(long freeBytes, Checkpoint checkpoint, List<CudaSettings> choices) {
        CudaSettings best = choices.get(0);
        CudaSettings first = choices.stream()
                .filter(settings -> fits(freeBytes, checkpoint, settings))
                .findFirst()
                .orElse(choices.get(choices.size() - 1));
        if (!first.equals(best)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "device memory is little: free={0} MiB; taking {1} instead of {2}",
                    freeBytes >> 20,
                    first.sizes(),
                    best.sizes());
        }
        return first;
    }

    /**
     * Puts a checkpoint on a GPU.
     *
     * @param device     stays the caller's, who closes it after the model
     * @param checkpoint configuration and weights
     * @param settings   precision and sizes
     * @return to be closed by the caller
     * @throws DeviceException    if it does not fit; the message says how much is needed
     * @throws ModelLoadException if a tensor is missing or of another shape
     */
    public static CudaModel open(
            CudaDevice device, Checkpoint checkpoint, CudaSettings settings, Consumer<Progress> progress) {
        return Scope.open(owned -> new CudaModel(device, checkpoint, settings, progress, owned));
    }

    /**
     * The language model.
     *
     * @return shared, owned by this model
     */
    public CudaLanguageModel languageModel() {
        return languageModel;
    }

    /**
     * The codec decoder.
     *
     * @return shared, owned by this model
     */
    public CudaCodecDecoder codecDecoder() {
        return codecDecoder;
    }

    @Override
    public void close() {
        owned.close();
    }
}
