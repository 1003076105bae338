package io.github.qwen3tts.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads the fields of a JSON object that a client sent. A field of the wrong type, or out of range, is refused by name;
 * null counts as absent; unknown fields are ignored.
 */
record JsonBody(JsonNode node) {

    private static final BigInteger MIN_LONG = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MAX_LONG = BigInteger.valueOf(Long.MAX_VALUE);

    static JsonBody parse(byte[] bytes) {
        JsonNode node;
        try {
            node = Json.read(bytes);
        } catch (JsonProcessingException e) {
            throw ApiException.invalid(
                    null,
                    "body is not valid JSON: line=" + e.getLocation().getLineNr() + ", column="
                            + e.getLocation().getColumnNr());
        } catch (IOException e) {
            throw ApiException.invalid(null, "body is not valid JSON: it is no UTF-8");
        }
        if (!node.isObject()) {
            throw ApiException.invalid(null, "body must be a JSON object");
        }
        return new JsonBody(node);
    }

    private Optional<JsonNode> find(String field) {
        return Optional.ofNullable(node.get(field)).filter(value -> !value.isNull());
    }

    Optional<String> text(String field) {
        return find(field).map(value -> {
            if (!value.isTextual()) {
                throw ApiException.invalid(field, field + " must be a string");
            }
            return value.textValue();
        });
    }

    /** A string, or an object with an id, as OpenAI has it for voices. */
    Optional<String> textOrId(String field) {
        return find(field).map(value -> {
            JsonNode text = value.isObject() ? value.path("id") : value;
            if (!text.isTextual()) {
                throw ApiException.invalid(field, field + " must be a string, or an object with an id");
            }
            return text.textValue();
        });
    }

    Optional<Boolean> flag(String field) {
        return find(field).map(value -> {
            if (!value.isBoolean()) {
                throw ApiException.invalid(field, field + " must be true or false");
            }
            return value.booleanValue();
        });
    }

    Optional<Double> number(String field, double min, double max) {
        return find(field).map(value -> {
            if (!value.isNumber() || !(value.doubleValue() >= min && value.doubleValue() <= max)) {
                throw ApiException.invalid(
                        field, String.format(Locale.ROOT, "%s must be a number from %s to %s", field, min, max));
            }
            return value.doubleValue();
        });
    }

    Optional<Integer> whole(String field, int min, int max) {
        return find(field).map(value -> {
            if (!value.canConvertToExactIntegral()
                    || !value.canConvertToInt()
                    || value.intValue() < min
                    || value.intValue() > max) {
                throw ApiException.invalid(field, field + " must be a whole number from " + min + " to " + max);
            }
            return value.intValue();
        });
    }

    Optional<Long> big(String field) {
        return find(field).map(value -> {
            if (!value.isIntegralNumber()
                    || value.bigIntegerValue().compareTo(MIN_LONG) < 0
                    || value.bigIntegerValue().compareTo(MAX_LONG) > 0) {
                throw ApiException.invalid(field, field + " must be a whole number of 64 bits");
            }
            return value.longValue();
        });
    }
}
