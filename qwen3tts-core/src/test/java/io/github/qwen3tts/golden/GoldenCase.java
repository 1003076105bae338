package io.github.qwen3tts.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** One case: what went into the original model and what came out of it. */
record GoldenCase(Path root, String path, String kind, JsonNode description, Safetensors tensors) {

    static GoldenCase read(Path root, String path, String kind) throws IOException {
        Path directory = root.resolve("cases").resolve(path);
        return new GoldenCase(
                root,
                path,
                kind,
                new ObjectMapper().readTree(Files.readAllBytes(directory.resolve("case.json"))),
                Safetensors.open(directory.resolve("tensors.safetensors")));
    }

    Path checkpoint() {
        return root.resolve("checkpoints")
                .resolve(description.path("checkpoint").asText());
    }

    JsonNode input(String name) {
        return description.path("inputs").path(name);
    }

    JsonNode output(String name) {
        return description.path("outputs").path(name);
    }

    boolean has(String tensor) {
        return tensors.find(tensor).isPresent();
    }

    float[] floats(String tensor) throws IOException {
        return Safetensors.readFloats(tensors.get(tensor));
    }

    int[] integers(String tensor) throws IOException {
        LongBuffer values = Safetensors.map(tensors.get(tensor)).asLongBuffer();
        int[] integers = new int[values.remaining()];
        for (int i = 0; i < integers.length; i++) {
            integers[i] = Math.toIntExact(values.get(i));
        }
        return integers;
    }
}
