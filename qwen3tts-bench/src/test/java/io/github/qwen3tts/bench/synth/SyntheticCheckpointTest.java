package io.github.qwen3tts.bench.synth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.bench.synth.ModelDimensions.Layers;
import io.github.qwen3tts.bench.synth.ModelDimensions.SpeakerEncoder;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.safetensors.DataType;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.TensorInfo;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SyntheticCheckpointTest {

    /** The dimensions of the small checkpoints that the official classes were run on. */
    private static final ModelDimensions MINI_BASE = mini(32);

    private static final ModelDimensions MINI_CUSTOM_VOICE = mini(64);

    private static final CodecDimensions MINI_CODEC = new CodecDimensions(
            new Layers(28, 40, 2, 4, 4, 8), 24, 32, new Layers(24, 40, 2, 4, 4, 8), 2, 64, 8, 16, 32);

    @TempDir
    Path directory;

    private static ModelDimensions mini(int predictorWidth) {
        return new ModelDimensions(
                "1b7",
                new Layers(64, 72, 3, 4, 2, 32),
                new Layers(predictorWidth, 48, 2, 4, 2, 16),
                1088,
                64,
                16,
                589,
                32,
                556,
                new SpeakerEncoder(128, 24, 72, 16, 16, 8, 64));
    }

    @ParameterizedTest
    @CsvSource({"SMALL, 402, 478, 905788672", "LARGE, 404, 480, 1916676352"})
    void releasedSizesHaveTheReleasedCounts(
            SyntheticCheckpoint.Size size, int tensors, int tensorsOfBase, long parameters) {
        ModelDimensions model = size == SyntheticCheckpoint.Size.SMALL ? ModelDimensions.SMALL : ModelDimensions.LARGE;
        List<TensorSpec> list = ModelTensors.list(model, false);
        assertEquals(tensors, list.size());
        assertEquals(parameters, list.stream().mapToLong(TensorSpec::elements).sum());
        assertEquals(tensorsOfBase, ModelTensors.list(model, true).size());
    }

    @Test
    void theCodecHasTheReleasedCount() {
        assertEquals(
                170_557_441,
                CodecTensors.list(CodecDimensions.RELEASED).stream()
                        .mapToLong(TensorSpec::elements)
                        .sum());
    }

    @Test
    void smallDimensionsGiveTheListingOfTheSmallCheckpoints() throws IOException {
        assertEquals(listing("base-model.txt"), listing(ModelTensors.list(MINI_BASE, true)));
        assertEquals(listing("custom-voice-model.txt"), listing(ModelTensors.list(MINI_CUSTOM_VOICE, false)));
        assertEquals(listing("codec.txt"), listing(CodecTensors.list(MINI_CODEC)));
    }

    private static String listing(String resource) throws IOException {
        try (InputStream in = SyntheticCheckpointTest.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String listing(List<TensorSpec> tensors) {
        StringBuilder lines = new StringBuilder();
        tensors.forEach(t -> lines.append(t.name() + " " + t.type() + " " + t.shape() + "\n"));
        return lines.toString();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenOpensAsACheckpoint(VoiceKind kind) throws IOException {
        new SyntheticCheckpoint(MINI_BASE, MINI_CODEC, kind).write(directory, 1, 2);
        Checkpoint checkpoint = Checkpoint.open(directory);
        assertEquals(64, checkpoint.config().talker().transformer().hidden());
        assertEquals(32, checkpoint.config().codePredictor().transformer().hidden());
        assertEquals(166, checkpoint.config().talker().endOfSpeech());
        assertEquals(
                kind == VoiceKind.BASE, checkpoint.config().speakerEncoder().isPresent());
        assertEquals(1920, checkpoint.codec().samplesPerFrame());
        assertEquals(
                listing(ModelTensors.list(MINI_BASE, kind == VoiceKind.BASE)),
                listing(checkpoint.weights().names().stream()
                        .map(name -> checkpoint.weights().find(name).orElseThrow())
                        .map(t -> new TensorSpec(t.name(), t.type(), t.shape(), Fill.normal(1)))
                        .toList()));
        assertEquals(8192, checkpoint.generation().maxNewTokens());
    }

    @Test
    void theTokenizerKeepsTheReleasedIdsOfTheTemplates() throws IOException {
        new SyntheticVocabulary(ModelDimensions.SMALL.firstAddedToken()).write(directory);
        Tokenizer tokenizer = Tokenizer.load(directory, PretokenizerRule.QWEN2);
        assertArrayEquals(
                new int[] {151644, 77091, 198, 151645, 198, 151644, 77091, 198},
                tokenizer.encode("<|im_start|>assistant\n<|im_end|>\n<|im_start|>assistant\n"));
        assertArrayEquals(
                new int[] {151644, 872, 198, 151671, 151672, 151673, 151645, 198},
                tokenizer.encode("<|im_start|>user\n<tts_pad><tts_text_bos><tts_text_eod><|im_end|>\n"));
        assertTrue(tokenizer.encode("Please read this sentence aloud.").length < 16, "learned words are few tokens");
        assertTrue(tokenizer.encode("早上的火车").length < 15, "not one token per byte");
        for (int id : tokenizer.encode("Any text: ünïcödé, 漢字, \uD83D\uDE00, \u0000 and tabs\t.")) {
            assertTrue(id < 256 + 3000, "id=" + id);
        }
    }

    @Test
    void sameSeedWritesTheSameFilesWithAnyNumberOfThreads() throws IOException {
        Path a = directory.resolve("a");
        Path b = directory.resolve("b");
        Path c = directory.resolve("c");
        new SyntheticCheckpoint(MINI_BASE, MINI_CODEC, VoiceKind.BASE).write(a, 7, 1);
        new SyntheticCheckpoint(MINI_BASE, MINI_CODEC, VoiceKind.BASE).write(b, 7, 3);
        new SyntheticCheckpoint(MINI_BASE, MINI_CODEC, VoiceKind.BASE).write(c, 8, 3);
        for (String file : List.of("model.safetensors", "speech_tokenizer/model.safetensors")) {
            assertEquals(-1, Files.mismatch(a.resolve(file), b.resolve(file)), file);
            assertFalse(Files.mismatch(a.resolve(file), c.resolve(file)) < 0, file);
        }
    }

    @Test
    void noTwoTensorsAndNoTwoPartsAreAlike() throws IOException {
        new SyntheticCheckpoint(MINI_BASE, MINI_CODEC, VoiceKind.BASE).write(directory, 1, 2);
        Set<List<Float>> starts = new HashSet<>();
        Safetensors weights = Safetensors.open(directory.resolve("model.safetensors"));
        for (String name : weights.names()) {
            float[] values = values(weights.get(name));
            if (values.length >= 32) {
                assertTrue(starts.add(floats(values, 0, 16)), name);
                assertTrue(starts.add(floats(values, 16, 16)), name);
            }
        }
    }

    private static List<Float> floats(float[] values, int from, int count) {
        return Arrays.asList(
                IntStream.range(from, from + count).mapToObj(i -> values[i]).toArray(Float[]::new));
    }

    @Test
    void weightsAreScaledByTheirFanIn() throws IOException {
        new SyntheticCheckpoint(MINI_BASE, MINI_CODEC, VoiceKind.BASE).write(directory, 1, 2);
        Safetensors weights = Safetensors.open(directory.resolve("model.safetensors"));
        assertSpread(weights, "talker.model.text_embedding.weight", 0, 1);
        assertSpread(weights, "talker.model.layers.1.mlp.gate_proj.weight", 0, 1 / Math.sqrt(64));
        assertSpread(weights, "talker.model.layers.2.input_layernorm.weight", 1, 0.1);
        Safetensors codec = Safetensors.open(directory.resolve("speech_tokenizer/model.safetensors"));
        assertSpread(codec, "decoder.decoder.1.block.2.conv1.conv.weight", 0, 1 / Math.sqrt(16 * 7));
        assertSpread(codec, "encoder.quantizer.semantic_residual_vector_quantizer.layers.0.codebook.embed_sum", 0, 2);
    }

    @Test
    void theRowThatEndsSpeechPointsAwayFromTheMeanOfAllInputs() throws IOException {
        new SyntheticCheckpoint(MINI_BASE, MINI_CODEC, VoiceKind.BASE).write(directory, 1, 2);
        Safetensors weights = Safetensors.open(directory.resolve("model.safetensors"));
        float[] head = values(weights.get("talker.codec_head.weight"));
        float[] mean = values(weights.get("talker.text_projection.linear_fc2.bias"));
        double end = 0;
        for (int i = 0; i < 64; i++) {
            assertTrue(mean[i] > 0.3 && mean[i] < 0.7);
            end += head[166 * 64 + i] * mean[i];
        }
        assertTrue(end < -8, "logit of the mean: " + end);
    }

    /** Mean and deviation within five standard errors. */
    private static void assertSpread(Safetensors file, String name, double mean, double deviation) throws IOException {
        float[] values = values(file.get(name));
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += (value - mean) * (value - mean);
        }
        double error = 5 * deviation / Math.sqrt(values.length);
        assertEquals(mean, sum / values.length, error, name);
        assertEquals(deviation, Math.sqrt(squares / values.length), error, name);
    }

    private static float[] values(TensorInfo tensor) throws IOException {
        ByteBuffer bytes = Safetensors.map(tensor);
        float[] values = new float[(int) tensor.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    tensor.type() == DataType.BF16 ? Float.intBitsToFloat(bytes.getShort() << 16) : bytes.getFloat();
        }
        return values;
    }
}
