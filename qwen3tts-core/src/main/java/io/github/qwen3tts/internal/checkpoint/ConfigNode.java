package io.github.qwen3tts.internal.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.json.JsonTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** One object of a JSON configuration; every complaint names the file and the path of the field. */
record ConfigNode(Path file, String path, JsonNode node) {

    static ConfigNode read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ModelLoadException(Check.message(
                    "file is missing; a released checkpoint directory has it",
                    "file",
                    file,
                    "directoryExists",
                    Files.isDirectory(file.toAbsolutePath().getParent())));
        }
        try {
            JsonNode root = JsonTree.read(Files.readAllBytes(file));
            return new ConfigNode(file, "", root).mustBeObject();
        } catch (JacksonException e) {
            throw new ModelLoadException("not valid JSON: file=" + file + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new ModelLoadException("cannot read: file=" + file, e);
        }
    }

    boolean has(String field) {
        return node.hasNonNull(field);
    }

    ConfigNode object(String field) {
        return new ConfigNode(file, path + field + ".", node.path(field)).mustBeObject();
    }

    private ConfigNode mustBeObject() {
        if (!node.isObject()) {
            throw new ModelLoadException(Check.message(
                    "configuration needs an object", "field", path.isEmpty() ? "(root)" : path, "file", file));
        }
        return this;
    }

    String text(String field) {
        JsonNode value = node.path(field);
        if (!value.isTextual()) {
            throw wrong(field, "a string");
        }
        return value.textValue();
    }

    int positive(String field) {
        return atLeast(field, 1);
    }

    /** A count that may be 0. */
    int natural(String field) {
        return atLeast(field, 0);
    }

    /** An index into something of {@code size}. */
    int index(String field, int size) {
        JsonNode value = node.path(field);
        if (!value.isInt() || value.intValue() < 0 || value.intValue() >= size) {
            throw wrong(field, "an integer from 0 to " + (size - 1));
        }
        return value.intValue();
    }

    int atLeast(String field, int min) {
        JsonNode value = node.path(field);
        if (!value.canConvertToExactIntegral() || !value.canConvertToInt() || value.intValue() < min) {
            throw wrong(field, "an integer >= " + min);
        }
        return value.intValue();
    }

    double positiveNumber(String field) {
        JsonNode value = node.path(field);
        if (!value.isNumber() || !(value.doubleValue() > 0) || !Double.isFinite(value.doubleValue())) {
            throw wrong(field, "a number > 0");
        }
        return value.doubleValue();
    }

    boolean truth(String field) {
        JsonNode value = node.path(field);
        if (!value.isBoolean()) {
            throw wrong(field, "true or false");
        }
        return value.booleanValue();
    }

    int[] positives(String field) {
        JsonNode values = node.path(field);
        if (!values.isArray() || values.isEmpty() || values.size() > 64) {
            throw wrong(field, "an array of integers");
        }
        int[] numbers = new int[values.size()];
        for (int i = 0; i < numbers.length; i++) {
            if (!values.get(i).isInt() || values.get(i).intValue() < 1) {
                throw wrong(field, "an array of integers >= 1");
            }
            numbers[i] = values.get(i).intValue();
        }
        return numbers;
    }

    <T> T optional(String field, Function<String, T> read, T otherwise) {
        return has(field) ? read.apply(field) : otherwise;
    }

    /** Refuses what the graphs here do not compute, rather than computing something else. */
    ConfigNode only(String field, Object supported) {
        JsonNode value = node.path(field);
        String actual = value.isMissingNode() || value.isNull() ? "null" : value.asText();
        if (!actual.equals(String.valueOf(supported)) && !value.isMissingNode()) {
            throw wrong(field, "(the only supported value) " + supported);
        }
        return this;
    }

    Map<String, JsonNode> entries(String field) {
        JsonNode map = node.path(field);
        if (map.isMissingNode() || map.isNull()) {
            return Map.of();
        }
        if (!map.isObject()) {
            throw wrong(field, "an object");
        }
        Map<String, JsonNode> entries = new LinkedHashMap<>();
        map.properties().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
        return entries;
    }

    ModelLoadException wrong(String field, String expected) {
        JsonNode value = node.path(field);
        return new ModelLoadException(Check.message(
                "configuration field is not usable",
                "field",
                path + field,
                "expected",
                expected,
                "actual",
                value.isMissingNode() ? "(missing)" : value,
                "file",
                file));
    }

    /** The fields all transformers share, under the names the files use. */
    TransformerConfig transformer(String normEps) {
        only("attention_bias", false).only("hidden_act", "silu");
        int heads = positive("num_attention_heads");
        int kvHeads = positive("num_key_value_heads");
        int headDim = positive("head_dim");
        if (heads % kvHeads != 0) {
            throw wrong("num_key_value_heads", "a divisor of num_attention_heads (" + heads + ")");
        }
        if (headDim % 2 != 0) {
            throw wrong("head_dim", "an even number");
        }
        return new TransformerConfig(
                positive("hidden_size"),
                positive("intermediate_size"),
                positive("num_hidden_layers"),
                heads,
                kvHeads,
                headDim,
                (float) positiveNumber(normEps),
                positiveNumber("rope_theta"));
    }
}
