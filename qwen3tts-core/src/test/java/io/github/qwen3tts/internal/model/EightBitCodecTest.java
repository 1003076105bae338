package io.github.qwen3tts.internal.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.CodecConfig;
import io.github.qwen3tts.internal.model.graph.CodecMatrices;
import io.github.qwen3tts.internal.quantize.QuantizedWeights;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EightBitCodecTest {

    private static final Checkpoint CHECKPOINT = EncoderFiles.checkpoint();
    private static final int FRAMES = 30;

    @TempDir
    private Path cache;

    @Test
    void audioIsThatOfTheExactDecoderButForTheRounding() {
        int groups = CHECKPOINT.codec().decoder().codeGroups();
        int[] codes = new Random(3)
                .ints((long) FRAMES * groups, 0, CHECKPOINT.codec().decoder().codebookSize())
                .toArray();
        float[] expected = decode(CodecMatrices.FLOAT32, codes, FRAMES);
        CodecMatrices rounded = CachedMatrices.codecDecoder(CHECKPOINT, Precision.named("fp32+int8codec"), cache);
        double whole = snrDb(expected, decode(rounded, codes, FRAMES));
        double framewise = snrDb(expected, decode(rounded, codes, 1));
        assertTrue(whole > 15 && framewise > 15, "whole=" + whole + " dB, frame by frame=" + framewise + " dB");
        assertTrue(whole < 60, "really rounded: " + whole + " dB");
    }

    /** Both kinds of convolution, against the published tensors tap by tap. */
    @Test
    void everyWeightIsThePublishedOneWithinHalfAStep() throws IOException {
        Safetensors quantized = QuantizedWeights.openOrMake(
                cache, CHECKPOINT, CHECKPOINT.codecWeights(), CodecMatrices.eightBitMatrices(CHECKPOINT));
        CodecConfig.Decoder c = CHECKPOINT.codec().decoder();
        int in = c.decoderChannels();
        int out = in / 2;

        String forward = "decoder.decoder.1.block.2.conv1.conv";
        float[] taps = published(forward);
        Matrix matrix = new Matrix(quantized, forward, out);
        for (int o = 0; o < out; o++) {
            for (int tap = 0; tap < 7; tap++) {
                for (int i = 0; i < out; i++) {
                    matrix.check(tap * out + i, o, taps[(o * out + i) * 7 + tap]);
                }
            }
        }

        String transposed = "decoder.decoder.1.block.1.conv";
        int stride = c.upsampleRates()[0];
        taps = published(transposed);
        matrix = new Matrix(quantized, transposed, stride * out);
        for (int i = 0; i < in; i++) {
            for (int o = 0; o < out; o++) {
                for (int r = 0; r < stride; r++) {
                    int at = (i * out + o) * 2 * stride;
                    matrix.check(in + i, r * out + o, taps[at + r]); // the row itself
                    matrix.check(i, r * out + o, taps[at + stride + r]); // the row before
                }
            }
        }
    }

    private static float[] published(String path) throws IOException {
        return Safetensors.readFloats(CHECKPOINT.codecWeights().get(path + ".weight"));
    }

    /** A matrix of the cache file. */
    private static final class Matrix {

        private final ByteBuffer values;
        private final FloatBuffer scales;
        private final int columns;

        Matrix(Safetensors file, String path, int columns) throws IOException {
            values = Safetensors.map(file.get(path + ".values"));
            scales = Safetensors.map(file.get(path + ".scales")).asFloatBuffer();
            this.columns = columns;
            assertEquals(columns, scales.remaining());
        }

        void check(int row, int column, float expected) {
            byte value = values.get(row * columns + column);
            assertTrue(Math.abs(value) <= 64, "two products fit 16 bits");
            assertArrayEquals(
                    new float[] {expected},
                    new float[] {value * scales.get(column)},
                    0.501f * scales.get(column),
                    () -> "row " + row + ", column " + column);
        }
    }

    private static float[] decode(CodecMatrices matrices, int[] codes, int framesAtOnce) {
        int groups = codes.length / FRAMES;
        try (OrtCodecDecoder decoder = OrtCodecDecoder.open(EncoderFiles.runtime(), CHECKPOINT, matrices);
                CodecDecoder.State state = decoder.start()) {
            float[] samples = new float[FRAMES * decoder.samplesPerFrame()];
            for (int frame = 0; frame < FRAMES; frame += framesAtOnce) {
                int[] piece = Arrays.copyOfRange(codes, frame * groups, (frame + framesAtOnce) * groups);
                decoder.decode(piece, framesAtOnce, state, samples, frame * decoder.samplesPerFrame());
            }
            return samples;
        }
    }

    private static double snrDb(float[] expected, float[] actual) {
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < expected.length; i++) {
            signal += (double) expected[i] * expected[i];
            noise += Math.pow((double) actual[i] - expected[i], 2);
        }
        return 10 * Math.log10(signal / noise);
    }
}
