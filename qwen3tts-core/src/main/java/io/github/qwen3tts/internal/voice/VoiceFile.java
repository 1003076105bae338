package io.github.qwen3tts.internal.voice;

import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.Warning;
import io.github.qwen3tts.internal.AtomicMove;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.safetensors.DataType;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.safetensors.SafetensorsWriter;
import io.github.qwen3tts.internal.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Cloned voices as files: safetensors with {@code speaker_vector}, F32 {@code [hidden]}, and {@code reference_codes}, U16
 * {@code [frames, codeGroups]}, where there are any; all else is text in {@code __metadata__}. Nothing in a file is ever
 * executed, and no number in it decides how much memory is taken before the file's size has been checked.
 */
public final class VoiceFile {

    /** Goes up when a reader of the version before would misunderstand a file. */
    private static final String FORMAT_VERSION = "1";

    private static final String VERSION = "qwen3tts_voice";
    private static final String MODEL_TYPE = "model_type";
    private static final String MODEL_SIZE = "model_size";
    private static final String FINGERPRINT = "checkpoint_fingerprint";
    private static final String TRANSCRIPT = "transcript";
    private static final String LANGUAGE = "language";
    private static final String CREATED = "created";
    private static final String CONSENT = "consent";
    private static final String WARNINGS = "warnings";
    private static final String VECTOR = "speaker_vector";
    private static final String CODES = "reference_codes";

    /** Voices take a hundredth of that. */
    private static final long MAX_BYTES = 1 << 20;

    private VoiceFile() {}

    /** Writes a voice file; replaces an existing one only once it is complete. */
    public static void write(ClonedVoice voice, Path file) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter(metadata(voice));
        ByteBuffer vector = littleEndian(voice.speakerVector().length * Float.BYTES);
        vector.asFloatBuffer().put(voice.speakerVector());
        writer.declare(VECTOR, DataType.F32, List.of((long) voice.speakerVector().length));
        ByteBuffer codes = littleEndian(voice.referenceCodes().length * Short.BYTES);
        if (voice.frames() > 0) {
            for (int code : voice.referenceCodes()) {
                codes.putShort((short) code);
            }
            writer.declare(CODES, DataType.U16, List.of((long) voice.frames(), (long) voice.codeGroups()));
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (SafetensorsWriter.Output out = writer.create(part)) {
                out.write(VECTOR, vector);
                if (voice.frames() > 0) {
                    out.write(CODES, codes.flip());
                }
            }
            AtomicMove.replace(part, file);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Map<String, String> metadata(ClonedVoice voice) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(VERSION, FORMAT_VERSION);
        metadata.put(MODEL_TYPE, voice.origin().modelType());
        metadata.put(MODEL_SIZE, voice.origin().modelSize());
        metadata.put(FINGERPRINT, voice.origin().fingerprint());
        metadata.put(TRANSCRIPT, voice.transcript());
        metadata.put(LANGUAGE, voice.language().name());
        metadata.put(CREATED, voice.created().toString());
        metadata.put(CONSENT, voice.consent());
        metadata.put(WARNINGS, voice.warnings().stream().map(Warning::name).collect(Collectors.joining(",")));
        return metadata;
    }

    /** Reads a voice file. */
    public static ClonedVoice read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new ModelLoadException("voice file does not exist: file=" + file.toAbsolutePath());
            }
            if (Files.size(file) > MAX_BYTES) {
                throw damaged(file, "too large: bytes=" + Files.size(file) + ", maxBytes=" + MAX_BYTES, null);
            }
            return voice(Safetensors.open(file), file);
        } catch (IOException | InvalidRequestException | DateTimeException e) {
            throw damaged(file, e.getMessage(), e);
        }
    }

    private static ClonedVoice voice(Safetensors tensors, Path file) throws IOException {
        Map<String, String> metadata = tensors.metadata();
        String version = metadata.get(VERSION);
        if (version == null) {
            throw damaged(file, "a safetensors file, but not of a voice", null);
        }
        if (!version.equals(FORMAT_VERSION)) {
            throw new ModelLoadException(Check.message(
                    "voice file has a format this release does not know; update the library",
                    "file",
                    file,
                    "version",
                    version,
                    "supported",
                    FORMAT_VERSION));
        }
        TensorInfo vectorInfo = tensors.get(VECTOR);
        requireTensor(vectorInfo, DataType.F32, 1, file);
        float[] vector = new float[(int) vectorInfo.elements()];
        Safetensors.read(vectorInfo, (int) MAX_BYTES).asFloatBuffer().get(vector);
        int[] codes = {};
        int frames = 0;
        Optional<TensorInfo> codesInfo = tensors.find(CODES);
        if (codesInfo.isPresent()) {
            requireTensor(codesInfo.get(), DataType.U16, 2, file);
            codes = unsigned(Safetensors.read(codesInfo.get(), (int) MAX_BYTES).asShortBuffer());
            frames = Math.toIntExact(codesInfo.get().shape().get(0));
        }
        ClonedVoice.Origin origin = new ClonedVoice.Origin(
                required(metadata, MODEL_TYPE, file),
                required(metadata, MODEL_SIZE, file),
                required(metadata, FINGERPRINT, file));
        return ClonedVoice.of(vector, codes, frames, metadata.getOrDefault(TRANSCRIPT, ""), origin)
                .withLanguage(Language.of(metadata.getOrDefault(LANGUAGE, Language.AUTO.name())))
                .withCreated(Instant.parse(required(metadata, CREATED, file)))
                .withConsent(metadata.getOrDefault(CONSENT, ""))
                .withWarnings(warnings(metadata.getOrDefault(WARNINGS, "")));
    }

    private static void requireTensor(TensorInfo tensor, DataType type, int rank, Path file) {
        if (tensor.type() != type || tensor.shape().size() != rank || tensor.elements() == 0) {
            throw damaged(file, "unexpected tensor: " + tensor, null);
        }
    }

    private static int[] unsigned(ShortBuffer values) {
        int[] ints = new int[values.remaining()];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = Short.toUnsignedInt(values.get(i));
        }
        return ints;
    }

    private static String required(Map<String, String> metadata, String key, Path file) {
        String value = metadata.get(key);
        if (value == null || value.isEmpty()) {
            throw damaged(file, "metadata is missing: key=" + key, null);
        }
        return value;
    }

    /** Those a later release may have added are left out. */
    private static List<Warning> warnings(String names) {
        List<Warning> warnings = new ArrayList<>();
        for (Warning warning : Warning.values()) {
            if (List.of(names.split(",")).contains(warning.name())) {
                warnings.add(warning);
            }
        }
        return warnings;
    }

    private static ModelLoadException damaged(Path file, String reason, Exception cause) {
        return new ModelLoadException("not a usable voice file: file=" + file + ": " + reason, cause);
    }
}
