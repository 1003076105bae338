package io.github.qwen3tts.internal.device;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.TensorInfo;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** Decides what {@link WeightFormat#AUTO} means for a checkpoint on a device. */
public final class PrecisionPolicy {

    /** Below this nothing is gained by rounding or by caches: toy checkpoints stay exact. */
    private static final long LARGE_BYTES = 64L << 20;

    private PrecisionPolicy() {}

    /**
     * Two bytes a weight as published: 8 bits halve that, and a CPU reads every weight for every frame. 4 bits can be
     * heard, and are chosen only where 8 leave too little memory to anything else.
     *
     * @param memoryBytes of the machine or its container; asked for only if there is something to decide
     */
    public static Precision onCpu(Precision wanted, Checkpoint checkpoint, LongSupplier memoryBytes) {
        if (!isOpen(wanted)) {
            return wanted;
        }
        if (!isLarge(checkpoint)) {
            return resolve(wanted, WeightFormat.FP32);
        }
        long needed = bytes(checkpoint.weights()) / 2 + bytes(checkpoint.codecWeights());
        return resolve(wanted, needed <= memoryBytes.getAsLong() / 4 * 3 ? WeightFormat.INT8 : WeightFormat.INT4);
    }

    /**
     * Best first: as published, since a GPU has the bandwidth and nothing is lost; then what takes less, for GPUs that
     * have too little memory.
     */
    public static List<Precision> onCuda(Precision wanted, Checkpoint checkpoint) {
        checkCodecOnCard(wanted);
        Stream<WeightFormat> formats = isLarge(checkpoint)
                ? Stream.of(WeightFormat.BF16, WeightFormat.INT8, WeightFormat.INT4)
                : Stream.of(WeightFormat.FP32);
        return formats.map(format -> resolve(wanted, format)).distinct().toList();
    }

    /** Exact, since the CUDA provider of ONNX Runtime is there to compare with. */
    public static Precision onCudaProvider(Precision wanted) {
        checkCodecOnCard(wanted);
        return resolve(wanted, WeightFormat.FP32);
    }

    private static void checkCodecOnCard(Precision wanted) {
        Check.argument(
                wanted.codec() == WeightFormat.FP32,
                "on a card the codec decoder must be fp32, which is fast there",
                "codec",
                wanted.codec());
    }

    /** Whether anything is left to decide. */
    private static boolean isOpen(Precision wanted) {
        return Stream.of(wanted.talker(), wanted.codePredictor(), wanted.heads())
                .anyMatch(WeightFormat.AUTO::equals);
    }

    private static Precision resolve(Precision wanted, WeightFormat auto) {
        return wanted.withTalker(resolve(wanted.talker(), auto))
                .withCodePredictor(resolve(wanted.codePredictor(), auto))
                .withHeads(resolve(wanted.heads(), auto == WeightFormat.INT4 ? WeightFormat.INT8 : auto));
    }

    private static WeightFormat resolve(WeightFormat wanted, WeightFormat auto) {
        return wanted == WeightFormat.AUTO ? auto : wanted;
    }

    /** Whether this is a model for use, and not a toy. */
    public static boolean isLarge(Checkpoint checkpoint) {
        return bytes(checkpoint.weights()) >= LARGE_BYTES;
    }

    private static long bytes(Safetensors weights) {
        return weights.names().stream()
                .map(name -> weights.find(name).orElseThrow())
                .mapToLong(TensorInfo::bytes)
                .sum();
    }
}
