package io.github.qwen3tts;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.checkpoint.Checkpoint;
import io.github.qwen3tts.safetensors.TensorInfo;

/** Decides what {@link WeightFormat#AUTO} means for a checkpoint on a device. */
final class PrecisionPolicy {

    /** Below this nothing is gained by rounding: toy checkpoints stay exact. */
    private static final long WORTH_ROUNDING_BYTES = 64L << 20;

    private PrecisionPolicy() {}

    /**
     * Two bytes a weight as published: 8 bits halve that, and a CPU reads every weight for every frame. 4 bits are never
     * chosen unasked, because they can be heard.
     */
    static Precision onCpu(Precision wanted, Checkpoint checkpoint) {
        return resolve(wanted, isToy(checkpoint) ? WeightFormat.FP32 : WeightFormat.INT8);
    }

    /** As published: a card has the bandwidth, and nothing is lost. */
    static Precision onCuda(Precision wanted, Checkpoint checkpoint) {
        return resolve(wanted, isToy(checkpoint) ? WeightFormat.FP32 : WeightFormat.BF16);
    }

    /** Exact, since the CUDA provider of ONNX Runtime is there to compare with. */
    static Precision onCudaProvider(Precision wanted) {
        return resolve(wanted, WeightFormat.FP32);
    }

    private static boolean isToy(Checkpoint checkpoint) {
        long bytes = checkpoint.weights().names().stream()
                .map(name -> checkpoint.weights().find(name).orElseThrow())
                .mapToLong(TensorInfo::bytes)
                .sum();
        return bytes < WORTH_ROUNDING_BYTES;
    }

    private static Precision resolve(Precision wanted, WeightFormat auto) {
        return new Precision(
                resolve(wanted.talker(), auto),
                resolve(wanted.codePredictor(), auto),
                resolve(wanted.heads(), auto),
                wanted.codec());
    }

    private static WeightFormat resolve(WeightFormat wanted, WeightFormat auto) {
        return wanted == WeightFormat.AUTO ? auto : wanted;
    }
}
