package io.github.qwen3tts.internal.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parsed header of one file, every range checked against the file's size. Layout of a file: 8 bytes little-endian
 * header length, the JSON header {@code name -> {dtype, shape, data_offsets}}, the data; offsets count from the end of
 * the header.
 */
record SafetensorsHeader(Map<String, TensorInfo> tensors, Map<String, String> metadata) {

    /** The limit of the reference implementation; real headers are below 1 MB. */
    static final long MAX_HEADER_BYTES = 100_000_000;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    static SafetensorsHeader read(FileChannel channel, Path file) throws IOException {
        long size = channel.size();
        if (size < 8) {
            throw invalid(file, "too short for a header length: bytes=" + size);
        }
        long headerBytes = readFully(channel, 0, 8, file).getLong();
        if (headerBytes < 2 || headerBytes > Math.min(MAX_HEADER_BYTES, size - 8)) {
            throw invalid(file, "header length out of range: headerBytes=" + headerBytes + ", fileBytes=" + size);
        }
        byte[] json = readFully(channel, 8, (int) headerBytes, file).array();
        try (JsonParser parser = JSON.createParser(json)) {
            return new Parser(parser, file, 8 + headerBytes, size).header();
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            throw new InvalidSafetensorsException(
                    "invalid safetensors file: file=" + file + ": header is not valid JSON: " + e.getOriginalMessage(),
                    e);
        }
    }

    private static ByteBuffer readFully(FileChannel channel, long at, int bytes, Path file) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw invalid(file, "file ended while reading its header: at=" + at);
            }
        }
        return buffer.flip();
    }

    static InvalidSafetensorsException invalid(Path file, String what) {
        return new InvalidSafetensorsException("invalid safetensors file: file=" + file + ": " + what);
    }

    /** Walks the JSON once; keeps nothing but the entries. */
    private record Parser(JsonParser json, Path file, long dataStart, long fileBytes) {

        SafetensorsHeader header() throws IOException {
            Map<String, TensorInfo> tensors = new LinkedHashMap<>();
            Map<String, String> metadata = new LinkedHashMap<>();
            expect(json.nextToken(), JsonToken.START_OBJECT, "the header");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                expect(json.nextToken(), JsonToken.START_OBJECT, name);
                if (name.equals("__metadata__")) {
                    while (json.nextToken() == JsonToken.FIELD_NAME) {
                        String key = json.currentName();
                        expect(json.nextToken(), JsonToken.VALUE_STRING, "__metadata__." + key);
                        metadata.put(key, json.getText());
                    }
                } else {
                    tensors.put(name, tensor(name));
                }
            }
            expect(json.currentToken(), JsonToken.END_OBJECT, "the header");
            checkNoOverlap(tensors);
            return new SafetensorsHeader(Collections.unmodifiableMap(tensors), Collections.unmodifiableMap(metadata));
        }

        private TensorInfo tensor(String name) throws IOException {
            DataType type = null;
            List<Long> shape = null;
            List<Long> range = null;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "dtype" -> type = dataType(name, json.getText());
                    case "shape" -> shape = naturals(name, field);
                    case "data_offsets" -> range = naturals(name, field);
                    default -> json.skipChildren();
                }
            }
            if (type == null || shape == null || range == null || range.size() != 2) {
                throw invalid(
                        file,
                        "tensor needs dtype, shape and two data_offsets: tensor=" + name + ", dtype=" + type
                                + ", shape=" + shape + ", data_offsets=" + range);
            }
            long begin = range.get(0);
            long end = range.get(1);
            long dataBytes = fileBytes - dataStart;
            if (begin > end || end > dataBytes) {
                throw invalid(
                        file,
                        "tensor lies outside the file (truncated?): tensor=" + name + ", data_offsets=" + range
                                + ", dataBytes=" + dataBytes);
            }
            long expected = type.bytes();
            try {
                for (long dim : shape) {
                    expected = Math.multiplyExact(expected, dim);
                }
            } catch (ArithmeticException e) {
                expected = -1;
            }
            if (expected != end - begin) {
                throw invalid(
                        file,
                        "tensor size does not fit its shape: tensor=" + name + ", dtype=" + type + ", shape=" + shape
                                + ", bytes=" + (end - begin));
            }
            return new TensorInfo(name, type, shape, file, dataStart + begin, end - begin);
        }

        private DataType dataType(String tensor, String name) throws IOException {
            try {
                return DataType.valueOf(String.valueOf(name));
            } catch (IllegalArgumentException e) {
                throw invalid(file, "unknown dtype: tensor=" + tensor + ", dtype=" + name);
            }
        }

        private List<Long> naturals(String tensor, String field) throws IOException {
            expect(json.currentToken(), JsonToken.START_ARRAY, tensor + "." + field);
            List<Long> values = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, tensor + "." + field);
                long value = json.getLongValue();
                if (value < 0 || values.size() == 16) {
                    throw invalid(
                            file, "bad " + field + ": tensor=" + tensor + ", value=" + value + ", rank > 16 or < 0");
                }
                values.add(value);
            }
            return List.copyOf(values);
        }

        private void expect(JsonToken actual, JsonToken expected, String where) throws IOException {
            if (actual != expected) {
                throw invalid(file, "unexpected JSON: at=" + where + ", expected=" + expected + ", actual=" + actual);
            }
        }

        private void checkNoOverlap(Map<String, TensorInfo> tensors) throws IOException {
            List<TensorInfo> byOffset = new ArrayList<>(tensors.values());
            byOffset.sort(Comparator.comparingLong(TensorInfo::offset).thenComparingLong(TensorInfo::bytes));
            long end = dataStart;
            for (TensorInfo tensor : byOffset) {
                if (tensor.offset() < end) {
                    throw invalid(file, "tensors overlap: tensor=" + tensor.name() + ", offset=" + tensor.offset());
                }
                end = tensor.offset() + tensor.bytes();
            }
        }
    }
}
