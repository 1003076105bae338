package io.github.qwen3tts.bench.synth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a checkpoint with random weights. The sizes of activations are those of a real one: order 1 through all layers,
 * audio far from full scale; speech practically never ends by itself, so runs go to their frame limit.
 */
public final class SyntheticCheckpoint {

    private final ModelDimensions model;
    private final CodecDimensions codec;
    private final VoiceKind kind;

    SyntheticCheckpoint(ModelDimensions model, CodecDimensions codec, VoiceKind kind) {
        this.model = model;
        this.codec = codec;
        this.kind = kind;
    }

    /** The released sizes. */
    public enum Size {
        /** 0.6B: 906 million parameters. */
        SMALL(ModelDimensions.SMALL),
        /** 1.7B: 1917 million parameters. */
        LARGE(ModelDimensions.LARGE);

        private final ModelDimensions dimensions;

        Size(ModelDimensions dimensions) {
            this.dimensions = dimensions;
        }
    }

    /**
     * A checkpoint in one of the released sizes, 2.5 or 4.5 GB on disk.
     *
     * @param size how large
     * @param kind with which voices
     * @return to be written
     */
    public static SyntheticCheckpoint of(Size size, VoiceKind kind) {
        return new SyntheticCheckpoint(size.dimensions, CodecDimensions.RELEASED, kind);
    }

    /**
     * Writes all files; what is there is replaced. {@code config.json} comes last, so a directory that has it is
     * complete.
     *
     * @param directory made if it is missing
     * @param seed      same seed, same files
     * @param threads   that compute and write, {@code >= 1}
     * @throws IOException if a file cannot be written
     */
    public void write(Path directory, long seed, int threads) throws IOException {
        Path tokenizer = directory.resolve("speech_tokenizer");
        Files.createDirectories(tokenizer);
        Files.deleteIfExists(directory.resolve("config.json"));
        RandomWeights weights = new RandomWeights(seed, threads);
        weights.write(ModelTensors.list(model, kind == VoiceKind.BASE), directory.resolve("model.safetensors"));
        weights.write(CodecTensors.list(codec), tokenizer.resolve("model.safetensors"));
        SyntheticVocabulary vocabulary = new SyntheticVocabulary(model.firstAddedToken());
        vocabulary.write(directory);
        new ConfigFiles(model, codec, kind, vocabulary).write(directory);
    }
}
