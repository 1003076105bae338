package io.github.qwen3tts.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.TensorInfo;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameCostTest {

    private static final String TALKER = "talker\\.(codec_head|model\\.layers\\..*_proj)\\.weight";
    private static final String PREDICTOR =
            "talker\\.code_predictor\\.(model\\.layers\\..*_proj|small_to_mtp_projection)\\.weight";
    private static final String HEADS = "talker\\.code_predictor\\.lm_head\\..*\\.weight";

    @ParameterizedTest
    @ValueSource(strings = {"mini-base", "mini-custom-voice"})
    void everyMatrixIsReadAsOftenAsAFrameNeedsIt(String name) {
        Checkpoint checkpoint = Checkpoint.open(MiniCheckpoints.directory(name));
        FrameCost floats = FrameCost.of(checkpoint, Precision.FP32);
        assertEquals(sum(checkpoint, TALKER, t -> 4 * t.elements()), floats.talkerBytes());
        assertEquals(
                15 * sum(checkpoint, PREDICTOR, t -> 4 * t.elements()) + sum(checkpoint, HEADS, t -> 4 * t.elements()),
                floats.predictorBytes());

        FrameCost halves = FrameCost.onCard(checkpoint, Precision.BF16);
        assertEquals(floats.talkerBytes(), 2 * halves.talkerBytes());
        assertEquals(floats.predictorBytes(), 2 * halves.predictorBytes());
        assertEquals(floats, FrameCost.of(checkpoint, Precision.BF16));

        FrameCost fourBits = FrameCost.of(checkpoint, Precision.INT4);
        assertEquals(
                sum(checkpoint, "talker\\.model\\.layers\\..*_proj\\.weight", t -> blockBytes(t, 4))
                        + sum(checkpoint, "talker\\.codec_head\\.weight", t -> blockBytes(t, 8)),
                fourBits.talkerBytes());
        assertEquals(
                15 * sum(checkpoint, PREDICTOR, t -> blockBytes(t, 4)) + sum(checkpoint, HEADS, t -> blockBytes(t, 8)),
                fourBits.predictorBytes());
    }

    /** A scale of four bytes for every 128 weights of a row, or for every 32 of a shorter one. */
    private static long blockBytes(TensorInfo tensor, int bits) {
        long rows = tensor.shape().get(0);
        long columns = tensor.shape().get(1);
        long block = columns >= 128 ? 128 : 32;
        return rows * ((columns + block - 1) / block) * (block * bits / 8 + 4);
    }

    private static long sum(Checkpoint checkpoint, String names, ToLongFunction<TensorInfo> size) {
        Safetensors weights = checkpoint.weights();
        return weights.names().stream()
                .filter(name -> name.matches(names))
                .map(name -> weights.find(name).orElseThrow())
                .mapToLong(size)
                .sum();
    }

    /** Every weight of the decoder times the steps it is applied to in a frame, from the shapes of the tensors. */
    @Test
    void theCodecMultipliesEveryWeightAtItsOwnRate() {
        Checkpoint checkpoint = Checkpoint.open(MiniCheckpoints.directory("mini-base"));
        Safetensors weights = checkpoint.codecWeights();
        long macs = 0;
        for (String name : weights.names()) {
            TensorInfo tensor = weights.find(name).orElseThrow();
            if (tensor.shape().size() > 1
                    && name.matches("decoder\\..*weight")
                    && !name.contains("input_proj.weight")) {
                macs += tensor.elements() * steps(name);
            }
        }
        macs += weights.find("decoder.pre_transformer.input_proj.weight")
                .orElseThrow()
                .elements();
        // attention: queries by the keys of the window, and as many values
        macs += 2L * 2 * 4 * 8 * 72;
        assertEquals(macs, FrameCost.codecMacs(checkpoint.codec().decoder()));
    }

    private static long steps(String name) {
        long[] afterBlock = {4, 32, 160, 640, 1920}; // rates 2 * 2, then 8, 5, 4, 3
        String[] path = name.split("\\.");
        if (name.startsWith("decoder.upsample.")) {
            long before = path[2].equals("0") ? 1 : 2;
            return path[3].equals("0") ? before : 2 * before;
        }
        if (name.startsWith("decoder.decoder.")) {
            int module = Integer.parseInt(path[2]);
            boolean isTransposed = path[3].equals("block") && path[4].equals("1");
            return afterBlock[Math.min(4, isTransposed ? module - 1 : module)];
        }
        return 1;
    }
}
