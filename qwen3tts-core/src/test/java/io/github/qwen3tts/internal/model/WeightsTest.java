package io.github.qwen3tts.internal.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.CheckpointCopy;
import io.github.qwen3tts.internal.checkpoint.ModelConfig.TalkerConfig;
import io.github.qwen3tts.internal.model.graph.CodePredictorGraph;
import io.github.qwen3tts.internal.model.graph.CodecDecoderGraph;
import io.github.qwen3tts.internal.model.graph.CodecMatrices;
import io.github.qwen3tts.internal.model.graph.Projections;
import io.github.qwen3tts.internal.model.graph.TalkerGraph;
import io.github.qwen3tts.internal.model.graph.TextProjectionGraph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tensors that speech needs, damaged one at a time: refused when the graphs are built, by their published names. Of
 * tensors whose names differ in numbers only, the first and the last are tried.
 */
class WeightsTest {

    private static final String MODEL = "model.safetensors";
    private static final String CODEC = "speech_tokenizer/model.safetensors";

    @TempDir
    private static Path directory;

    private static CheckpointCopy copy;

    @BeforeAll
    static void copyGoodFiles() throws IOException {
        copy = CheckpointCopy.of("mini-custom-voice-1b7", directory);
    }

    /** What is done to a tensor, and what the refusal says besides the tensor's name. */
    enum Damage {
        MISSING("tensor is missing") {
            @Override
            void apply(ObjectNode header, String tensor) {
                header.remove(tensor);
            }
        },
        OTHER_SHAPE("tensor has another shape than the configuration says") {
            @Override
            void apply(ObjectNode header, String tensor) {
                ((ArrayNode) header.get(tensor).get("shape")).insert(0, 1);
            }
        },
        OTHER_TYPE("type|must hold floats") {
            @Override
            void apply(ObjectNode header, String tensor) {
                ObjectNode entry = (ObjectNode) header.get(tensor);
                entry.put("dtype", entry.get("dtype").asText().equals("F32") ? "I32" : "F16");
            }
        };

        private final List<String> messages;

        Damage(String messages) {
            this.messages = List.of(messages.split("\\|"));
        }

        abstract void apply(ObjectNode header, String tensor);
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void everyTensorOfTheLanguageModelIsNeededAsItIs(Damage damage) throws IOException {
        List<String> names = names(Checkpoint.open(directory).weights().names(), "talker.");
        assertEquals(59, names.size());
        refuseEach(damage, MODEL, names, WeightsTest::buildLanguageModel);
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void everyTensorOfTheCodecDecoderIsNeededAsItIs(Damage damage) throws IOException {
        List<String> names = names(Checkpoint.open(directory).codecWeights().names(), "decoder.").stream()
                .filter(name -> !name.matches(".*rvq_.*\\.input_proj.weight")) // for training
                .toList();
        assertEquals(77, names.size());
        refuseEach(damage, CODEC, names, WeightsTest::buildCodecDecoder);
    }

    @Test
    void undamagedTensorsAreTaken() {
        Checkpoint checkpoint = Checkpoint.open(directory);
        buildLanguageModel(checkpoint);
        buildCodecDecoder(checkpoint);
    }

    private static List<String> names(Collection<String> all, String prefix) {
        Map<String, String> first = new TreeMap<>();
        Map<String, String> last = new TreeMap<>();
        for (String name : new TreeSet<>(all)) {
            if (name.startsWith(prefix)) {
                first.putIfAbsent(name.replaceAll("\\d+", "#"), name);
                last.put(name.replaceAll("\\d+", "#"), name);
            }
        }
        return Stream.concat(first.values().stream(), last.values().stream())
                .distinct()
                .toList();
    }

    private static void buildCodecDecoder(Checkpoint checkpoint) {
        CodecDecoderGraph.embeddings(checkpoint);
        CodecDecoderGraph.latents(checkpoint, CodecMatrices.FLOAT32);
        CodecDecoderGraph.samples(checkpoint, CodecMatrices.FLOAT32);
    }

    private static void buildLanguageModel(Checkpoint checkpoint) {
        TalkerConfig c = checkpoint.config().talker();
        EmbeddingTable.open(checkpoint.weights(), "talker.model.text_embedding.weight", c.textVocab(), c.textHidden());
        TextProjectionGraph.build(checkpoint);
        TalkerGraph.build(checkpoint, Projections.FLOAT32, TalkerGraph.Taps.NONE);
        CodePredictorGraph.layers(checkpoint, Projections.FLOAT32);
        for (int i = 0; i < checkpoint.config().talker().codeGroups() - 1; i++) {
            CodePredictorGraph.head(checkpoint, Projections.FLOAT32, i);
        }
        CodecEmbeddings.open(checkpoint);
    }

    private static void refuseEach(Damage damage, String file, List<String> names, Consumer<Checkpoint> build)
            throws IOException {
        for (String name : names) {
            copy.header(file, header -> damage.apply(header, name));
            Checkpoint damaged = Checkpoint.open(directory);
            String message = assertThrows(ModelLoadException.class, () -> build.accept(damaged), name)
                    .getMessage();
            assertTrue(damage.messages.stream().anyMatch(message::contains), message);
            assertTrue(message.contains("tensor=" + name), message);
            assertTrue(message.contains(directory.resolve(file).toString()), message);
        }
        copy.restore(file);
    }
}
