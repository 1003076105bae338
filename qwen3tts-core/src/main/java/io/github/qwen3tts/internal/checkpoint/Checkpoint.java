package io.github.qwen3tts.internal.checkpoint;

import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.prompt.RequestRules;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.TensorInfo;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import io.github.qwen3tts.internal.sample.TalkerRules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;

/**
 * A released model directory, opened but not loaded: configuration read, tensor headers read and checked, weights left
 * on disk. Immutable.
 *
 * @param directory  the model directory
 * @param config     {@code config.json}
 * @param generation {@code generation_config.json}
 * @param maxSentenceChars {@code max_sentence_characters} there, an extension: the model speaks one sentence at a time, of
 *                   so many characters at most; empty if it speaks whole texts, as the released ones do
 * @param codec      {@code speech_tokenizer/config.json}
 * @param weights    talker, code predictor, text embedding and, in Base models, speaker encoder
 * @param codecWeights codec encoder and decoder
 */
public record Checkpoint(
        Path directory,
        ModelConfig config,
        GenerationOptions generation,
        OptionalInt maxSentenceChars,
        CodecConfig codec,
        Safetensors weights,
        Safetensors codecWeights) {

    /** Of each tensor: training changes them all. */
    private static final int HASHED_BYTES = 64;

    /**
     * Opens a directory laid out as released.
     *
     * @param directory holds config.json, model.safetensors, speech_tokenizer/ and the tokenizer's files
     * @return the checkpoint
     * @throws ModelLoadException if a file is missing, damaged, or of another model
     */
    public static Checkpoint open(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new ModelLoadException(
                    Check.message("model directory does not exist", "directory", directory.toAbsolutePath()));
        }
        ModelConfig config = ModelConfig.of(ConfigNode.read(directory.resolve("config.json")));
        CodecConfig codec = CodecConfig.of(ConfigNode.read(directory.resolve("speech_tokenizer/config.json")));
        int groups = config.talker().codeGroups();
        if (codec.decoder().codeGroups() != groups || codec.encoder().codeGroups() != groups) {
            throw new ModelLoadException(Check.message(
                    "talker and codec disagree on the codes per frame",
                    "talker",
                    groups,
                    "codecDecoder",
                    codec.decoder().codeGroups(),
                    "codecEncoder",
                    codec.encoder().codeGroups(),
                    "directory",
                    directory));
        }
        int codes = Math.max(
                config.talker().vocab() - TalkerRules.CONTROL_CODES,
                config.codePredictor().vocab());
        if (codes > codec.decoder().codebookSize()) {
            throw new ModelLoadException(Check.message(
                    "model draws codes that the codec has no vectors for",
                    "codes",
                    codes,
                    "codebook_size",
                    codec.decoder().codebookSize(),
                    "directory",
                    directory));
        }
        return new Checkpoint(
                directory,
                config,
                GenerationConfig.read(directory.resolve("generation_config.json")),
                GenerationConfig.maxSentenceChars(directory.resolve("generation_config.json")),
                codec,
                tensors(directory),
                tensors(directory.resolve("speech_tokenizer")));
    }

    /**
     * Tells checkpoints apart, fine-tuned ones of one layout too: SHA-256 over both configurations and over name, type,
     * shape and first bytes of every tensor. Takes some milliseconds.
     *
     * @return 64 hexadecimal digits
     * @throws ModelLoadException if a file cannot be read
     */
    public String hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(Files.readAllBytes(directory.resolve("config.json")));
            digest.update(Files.readAllBytes(directory.resolve("speech_tokenizer/config.json")));
            for (Safetensors file : List.of(weights, codecWeights)) {
                for (String name : new TreeSet<>(file.names())) {
                    TensorInfo tensor = file.get(name);
                    digest.update((name + " " + tensor.type() + " " + tensor.shape()).getBytes(StandardCharsets.UTF_8));
                    digest.update(Safetensors.read(tensor, HASHED_BYTES));
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new ModelLoadException("cannot read checkpoint: directory=" + directory, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Rules that a request to this model has to keep.
     *
     * @param maxTextTokens tokens that the text, the instruction and the transcript may each have, {@code >= 1}
     * @return the rules
     */
    public RequestRules rules(int maxTextTokens) {
        return new RequestRules(
                directory,
                config.prompt(),
                new RequestRules.Sizes(
                        config.talker().transformer().hidden(),
                        codec.decoder().codeGroups(),
                        codec.decoder().codebookSize(),
                        config.talker().maxPositions(),
                        maxTextTokens));
    }

    private static Safetensors tensors(Path directory) {
        try {
            return Safetensors.openModel(directory);
        } catch (NoSuchFileException e) {
            throw new ModelLoadException(
                    Check.message(
                            "weights are missing; download model.safetensors or all its shards", "file", e.getFile()),
                    e);
        } catch (IOException e) {
            throw new ModelLoadException(e.getMessage(), e);
        }
    }
}
