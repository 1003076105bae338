package io.github.qwen3tts.internal.model.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.CheckpointCopy;
import io.github.qwen3tts.internal.model.CachedMatrices;
import io.github.qwen3tts.internal.onnx.OnnxModel;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GraphBytesTest {

    /**
     * The start of the SHA-256 of all graphs of one name, heads of the code predictor as one. Whoever changes a graph on
     * purpose takes over the lines that the test prints.
     */
    private static final String HASHES = """
            mini-custom-voice text_projection f776e0366fa41cc6
            mini-custom-voice talker 54dc377e6a99276c
            mini-custom-voice code_predictor 239027adffd98c90
            mini-custom-voice code_predictor_heads 2fd1cf15ea88cdd8
            mini-custom-voice codec_decoder_embeddings b842fd88dd3c0fa6
            mini-custom-voice codec_decoder_latents 490a9e3cf34ad054
            mini-custom-voice codec_decoder_samples 2182b08efd3238b1
            mini-custom-voice codec_encoder 85942f395f701e7c
            mini-custom-voice codec_quantizer fb6920f98f63e666
            mini-custom-voice-1b7 text_projection cd34852509708eef
            mini-custom-voice-1b7 talker a247119f25b40cc8
            mini-custom-voice-1b7 code_predictor 238ce75b052d999a
            mini-custom-voice-1b7 code_predictor_heads 6f66edbee920ff3e
            mini-custom-voice-1b7 codec_decoder_embeddings b842fd88dd3c0fa6
            mini-custom-voice-1b7 codec_decoder_latents 849afcec6bf299c4
            mini-custom-voice-1b7 codec_decoder_samples 336c9aabe96f6955
            mini-custom-voice-1b7 codec_encoder 85942f395f701e7c
            mini-custom-voice-1b7 codec_quantizer fb6920f98f63e666
            mini-base text_projection 2a86051998e0bd5c
            mini-base talker 8d3a2833db911278
            mini-base code_predictor e3a728998a89dc89
            mini-base code_predictor_heads 672a47c69721553e
            mini-base codec_decoder_embeddings b842fd88dd3c0fa6
            mini-base codec_decoder_latents ecdfb864c6a56df3
            mini-base codec_decoder_samples c66389ee6fc959e9
            mini-base codec_encoder 85942f395f701e7c
            mini-base codec_quantizer fb6920f98f63e666
            mini-base speaker_encoder 51007a4373101623
            """;

    @Test
    void bytesAreThoseOfTheListedHashes(@TempDir Path cache) throws IOException {
        StringBuilder hashes = new StringBuilder();
        for (String name : List.of("mini-custom-voice", "mini-custom-voice-1b7", "mini-base")) {
            Checkpoint checkpoint = Checkpoint.open(GoldenFiles.path("checkpoints/" + name));
            Map<String, MessageDigest> digests = new LinkedHashMap<>();
            for (OnnxModel graph : graphs(checkpoint, cache)) {
                digests.computeIfAbsent(graph.name().replaceFirst("_head_\\d+", "_heads"), key -> sha256())
                        .update(graph.bytes());
            }
            digests.forEach((graph, digest) ->
                    hashes.append(name + " " + graph + " " + HexFormat.of().formatHex(digest.digest(), 0, 8) + "\n"));
        }
        assertEquals(HASHES, hashes.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mini-custom-voice", "mini-custom-voice-1b7", "mini-base"})
    void sameCheckpointGivesTheSameBytesWhereverItLies(String name, @TempDir Path elsewhere, @TempDir Path cache)
            throws IOException {
        Path directory = GoldenFiles.path("checkpoints/" + name);
        List<OnnxModel> graphs = graphs(Checkpoint.open(directory), cache);
        List<OnnxModel> again = graphs(Checkpoint.open(directory), cache);
        List<OnnxModel> copied =
                graphs(Checkpoint.open(CheckpointCopy.of(name, elsewhere).directory()), cache);
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

    @Test
    void bytesAreThoseThatTheGeneratedClassesWrite(@TempDir Path cache) throws IOException {
        for (OnnxModel graph : graphs(Checkpoint.open(GoldenFiles.path("checkpoints/mini-base")), cache)) {
            assertArrayEquals(ModelProto.parseFrom(graph.bytes()).toByteArray(), graph.bytes(), graph.name());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** In every format that a graph has, those of floats first. */
    private static List<OnnxModel> graphs(Checkpoint checkpoint, Path cache) {
        List<OnnxModel> graphs = new ArrayList<>();
        graphs.add(TextProjectionGraph.build(checkpoint));
        for (Precision precision : List.of(Precision.FP32, Precision.INT8, Precision.INT4)) {
            Projections projections = CachedMatrices.languageModel(checkpoint, precision, cache);
            graphs.add(TalkerGraph.build(checkpoint, projections, TalkerGraph.Taps.NONE));
            graphs.add(TalkerGraph.build(checkpoint, projections, TalkerGraph.Taps.FIRST_LAYER));
            graphs.add(CodePredictorGraph.layers(checkpoint, projections));
            for (int i = 0; i < checkpoint.config().talker().codeGroups() - 1; i++) {
                graphs.add(CodePredictorGraph.head(checkpoint, projections, i));
            }
        }
        graphs.add(CodecDecoderGraph.embeddings(checkpoint).model());
        for (CodecMatrices matrices : List.of(
                CodecMatrices.FLOAT32,
                CachedMatrices.codecDecoder(checkpoint, Precision.named("fp32+int8codec"), cache))) {
            graphs.add(CodecDecoderGraph.latents(checkpoint, matrices).model());
            graphs.add(CodecDecoderGraph.samples(checkpoint, matrices).model());
        }
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
