package io.github.qwen3tts.internal.model.graph;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.quantize.BlockFormat;
import io.github.qwen3tts.internal.quantize.QuantizedMatrix;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import java.util.List;
import java.util.Optional;

/**
 * How the codec decoder's matrices are stored and multiplied.
 *
 * @param projections  those of its linear layers
 * @param convolutions those of its convolutions
 */
public record CodecMatrices(Projections projections, Convolutions convolutions) {

    /** 32-bit floats. */
    public static final CodecMatrices FLOAT32 = new CodecMatrices(Projections.FLOAT32, Convolutions.FLOAT32);

    private static final QuantizedProjections.Formats EIGHT_BITS = (g, parts) -> Optional.of(BlockFormat.INT8);

    /**
     * Lists the decoder's matrices as 8-bit integers.
     *
     * @param checkpoint configuration and weights
     * @return each matrix once
     */
    public static List<QuantizedMatrix> eightBitMatrices(Checkpoint checkpoint) {
        WantedMatrices wanted = new WantedMatrices(EIGHT_BITS);
        CodecMatrices all = new CodecMatrices(wanted, wanted);
        CodecDecoderGraph.latents(checkpoint, all);
        CodecDecoderGraph.samples(checkpoint, all);
        return wanted.list();
    }

    /**
     * Multiplies in 8-bit integers, which adds noise to the audio, and makes it depend on the pieces that are decoded.
     *
     * @param quantized holds all {@link #eightBitMatrices} of the checkpoint
     * @return for the decoder
     */
    public static CodecMatrices eightBit(Safetensors quantized) {
        return new CodecMatrices(new QuantizedProjections(EIGHT_BITS, quantized), new EightBitConvolutions(quantized));
    }
}
