package io.github.qwen3tts.internal.model.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.CheckpointCopy;
import io.github.qwen3tts.internal.onnx.OnnxModel;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GraphBytesTest {

    @ParameterizedTest
    @ValueSource(strings = {"mini-custom-voice", "mini-custom-voice-1b7", "mini-base"})
    void sameCheckpointGivesTheSameBytesWhereverItLies(String name, @TempDir Path elsewhere) throws IOException {
        Path directory = GoldenFiles.path("checkpoints/" + name);
        List<OnnxModel> graphs = graphs(Checkpoint.open(directory));
        List<OnnxModel> again = graphs(Checkpoint.open(directory));
        List<OnnxModel> copied =
                graphs(Checkpoint.open(CheckpointCopy.of(name, elsewhere).directory()));
        Set<String> hashes = new HashSet<>();
        for (int i = 0; i < graphs.size(); i++) {
            assertArrayEquals(
                    graphs.get(i).bytes(), again.get(i).bytes(), graphs.get(i).name());
            assertEquals(
                    graphs.get(i).hash(), copied.get(i).hash(), graphs.get(i).name());
            hashes.add(graphs.get(i).hash());
        }
        assertEquals(graphs.size(), hashes.size()); // no two graphs are the same
    }

    private static List<OnnxModel> graphs(Checkpoint checkpoint) {
        List<OnnxModel> graphs = new ArrayList<>();
        graphs.add(TextProjectionGraph.build(checkpoint));
        graphs.add(TalkerGraph.build(checkpoint, Projections.FLOAT32, TalkerGraph.Taps.NONE));
        graphs.add(TalkerGraph.build(checkpoint, Projections.FLOAT32, TalkerGraph.Taps.FIRST_LAYER));
        graphs.add(CodePredictorGraph.layers(checkpoint, Projections.FLOAT32));
        for (int i = 0; i < checkpoint.config().talker().codeGroups() - 1; i++) {
            graphs.add(CodePredictorGraph.head(checkpoint, Projections.FLOAT32, i));
        }
        graphs.add(CodecDecoderGraph.embeddings(checkpoint).model());
        graphs.add(CodecDecoderGraph.latents(checkpoint, Convolutions.FLOAT32).model());
        graphs.add(CodecDecoderGraph.samples(checkpoint, Convolutions.FLOAT32).model());
        for (CodecEncoderGraph.Span span : CodecEncoderGraph.Span.values()) {
            graphs.add(CodecEncoderGraph.rows(checkpoint, span).model());
        }
        graphs.add(CodecEncoderGraph.codes(checkpoint));
        if (checkpoint.config().speakerEncoder().isPresent()) {
            graphs.add(SpeakerEncoderGraph.build(checkpoint));
        }
        return graphs;
    }
}
