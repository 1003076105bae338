package io.github.qwen3tts.bench;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.CodecConfig;
import io.github.qwen3tts.internal.checkpoint.TransformerConfig;
import io.github.qwen3tts.internal.model.graph.CodePredictorGraph;
import io.github.qwen3tts.internal.model.graph.Projections;
import io.github.qwen3tts.internal.model.graph.TalkerGraph;
import io.github.qwen3tts.internal.onnx.Graph;
import io.github.qwen3tts.internal.onnx.Value;
import io.github.qwen3tts.internal.quantize.BlockFormat;

/**
 * What a frame costs at least.
 *
 * @param talkerBytes    of weights read by its step; keys, values and embeddings left out
 * @param predictorBytes of weights read by its passes, one per group but the first
 * @param codecMacs      multiply-adds of the codec decoder, as its definition has them
 */
record FrameCost(long talkerBytes, long predictorBytes, long codecMacs) {

    /** On a CPU, which widens 16 bits to 32 before it multiplies. */
    static FrameCost of(Checkpoint checkpoint, Precision precision) {
        return of(checkpoint, precision, Float.BYTES);
    }

    /** On a GPU, which reads 16 bits as they are. */
    static FrameCost onCard(Checkpoint checkpoint, Precision precision) {
        return of(checkpoint, precision, Short.BYTES);
    }

    private static FrameCost of(Checkpoint checkpoint, Precision precision, int bf16Bytes) {
        int passes = checkpoint.config().talker().codeGroups() - 1;
        Bytes talker = new Bytes(precision.talker(), precision.heads(), bf16Bytes);
        TalkerGraph.build(checkpoint, talker, TalkerGraph.Taps.NONE);
        Bytes layers = new Bytes(precision.codePredictor(), precision.heads(), bf16Bytes);
        CodePredictorGraph.layers(checkpoint, layers);
        Bytes heads = new Bytes(precision.codePredictor(), precision.heads(), bf16Bytes);
        for (int head = 0; head < passes; head++) {
            CodePredictorGraph.head(checkpoint, heads, head);
        }
        return new FrameCost(
                talker.sum,
                passes * layers.sum + heads.sum,
                codecMacs(checkpoint.codec().decoder()));
    }

    long languageModelBytes() {
        return talkerBytes + predictorBytes;
    }

    /** Adds up the matrices of a graph as they are stored. */
    private static final class Bytes implements Projections {

        private final WeightFormat format;
        private final WeightFormat heads;
        private final int bf16Bytes;
        private long sum;

        Bytes(WeightFormat format, WeightFormat heads, int bf16Bytes) {
            this.format = format;
            this.heads = heads;
            this.bf16Bytes = bf16Bytes;
        }

        @Override
        public Value linear(Graph g, Value x, int in, Part... parts) {
            for (Part part : parts) {
                sum += (long) part.out() * rowBytes(part.isHead() ? heads : format, in);
            }
            return FLOAT32.linear(g, x, in, parts);
        }

        private int rowBytes(WeightFormat format, int columns) {
            return switch (format) {
                case FP32 -> columns * Float.BYTES;
                case BF16 -> columns * bf16Bytes;
                case INT8 -> blockBytes(BlockFormat.INT8, columns);
                case INT4 -> blockBytes(BlockFormat.INT4, columns);
                case AUTO -> throw new IllegalArgumentException("precision must be resolved");
            };
        }

        private static int blockBytes(BlockFormat format, int columns) {
            return format.blocks(columns) * (format.blockBytes(columns) + Float.BYTES);
        }
    }

    /** Block by block as the decoder computes; {@code steps} per frame grow from stage to stage. */
    static long codecMacs(CodecConfig.Decoder c) {
        TransformerConfig t = c.transformer();
        long latent = c.latent();
        long macs = (long) c.codebookDim() * c.codebookDim(); // output projections of both quantizers
        macs += c.codebookDim() * latent * 3; // pre_conv
        macs += 2 * latent * t.hidden(); // into the layers and out of them
        long layer = (long) t.hidden() * (2L * t.queryWidth() + 2L * t.kvWidth() + 3L * t.intermediate())
                + 2L * t.queryWidth() * c.window();
        macs += t.layers() * layer;
        long steps = 1;
        for (int ratio : c.upsamplingRatios()) {
            macs += steps * latent * latent * ratio;
            steps *= ratio;
            macs += steps * latent * (7 + 8 * latent); // depthwise, then to four times the width and back
        }
        long channels = c.decoderChannels();
        macs += steps * latent * channels * 7;
        for (int rate : c.upsampleRates()) {
            macs += steps * channels * (channels / 2) * 2 * rate;
            steps *= rate;
            channels /= 2;
            macs += 3 * steps * channels * channels * (7 + 1); // residual units
        }
        return macs + steps * channels * 7;
    }
}
