package io.github.qwen3tts;

import io.github.qwen3tts.api.Check;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.checkpoint.Checkpoint;
import io.github.qwen3tts.safetensors.TensorInfo;

/** Decides what {@link WeightFormat#AUTO} means for a checkpoint on a device. */
final class PrecisionPolicy {

    /** Below this nothing is gained by rounding or by caches: toy checkpoints stay exact. */
    private static final long LARGE_BYTES = 64L << 20;

    private PrecisionPolicy() {}

    /**
     * Two bytes a weight as published: 8 bits halve that, and a CPU reads every weight for every frame. 4 bits are never
     * chosen unasked, because they can be heard.
     */
    static Precision onCpu(Precision wanted, Checkpoint checkpoint) {
        return resolve(wanted, isLarge(checkpoint) ? WeightFormat.INT8 : WeightFormat.FP32);
    }

    /** As published: a card has the bandwidth, and nothing is lost. */
    static Precision onCuda(Precision wanted, Checkpoint checkpoint) {
        checkCodecOnCard(wanted);
        return resolve(wanted, isLarge(checkpoint) ? WeightFormat.BF16 : WeightFormat.FP32);
    }

    /** Exact, since the CUDA provider of ONNX Runtime is there to compare with. */
    static Precision onCudaProvider(Precision wanted) {
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

    private static Precision resolve(Precision wanted, WeightFormat auto) {
        return new Precision(
                resolve(wanted.talker(), auto),
                resolve(wanted.codePredictor(), auto),
                resolve(wanted.heads(), auto),
                wanted.codec());
    }

    /** Whether this is a model for use, and not a toy. */
    static boolean isLarge(Checkpoint checkpoint) {
        return checkpoint.weights().names().stream()
                        .map(name -> checkpoint.weights().find(name).orElseThrow())
                        .mapToLong(TensorInfo::bytes)
                        .sum()
                >= LARGE_BYTES;
    }

    private static WeightFormat resolve(WeightFormat wanted, WeightFormat auto) {
        return wanted == WeightFormat.AUTO ? auto : wanted;
    }
}
