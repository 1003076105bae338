package io.github.qwen3tts.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Names of the server's model, for requests and {@code /v1/models}. */
final class ModelNames {

    private static final List<String> USUAL = List.of("qwen3-tts", "tts-1", "tts-1-hd", "gpt-4o-mini-tts");
    private static final String DATED = "gpt-4o-mini-tts-"; // OpenAI dates its snapshots

    private final Set<String> names = new LinkedHashSet<>();
    private final long createdSeconds = System.currentTimeMillis() / 1_000;

    ModelNames(String modelPath, List<String> aliases) {
        names.add(ownName(modelPath));
        names.addAll(USUAL);
        names.addAll(aliases);
    }

    /** Last part of a directory; a name on the hub as it is. */
    private static String ownName(String modelPath) {
        return Files.isDirectory(Path.of(modelPath))
                ? Path.of(modelPath).toAbsolutePath().normalize().getFileName().toString()
                : modelPath;
    }

    void require(String name) {
        if (!isKnown(name)) {
            throw ApiException.notFound(
                    "model_not_found", "model", "this server has no such model; it has " + String.join(", ", names));
        }
    }

    private boolean isKnown(String name) {
        String wanted = name.strip().toLowerCase(Locale.ROOT);
        return wanted.startsWith(DATED)
                || names.stream()
                        .anyMatch(known -> known.toLowerCase(Locale.ROOT).equals(wanted));
    }

    /** The list in OpenAI's form, repeated as "models" for other clients. */
    ObjectNode list() {
        ObjectNode list = Json.object().put("object", "list");
        ArrayNode data = list.putArray("data");
        names.forEach(name -> data.add(model(name)));
        list.set("models", data);
        return list;
    }

    ObjectNode model(String name) {
        require(name);
        return Json.object()
                .put("id", name)
                .put("name", name)
                .put("object", "model")
                .put("created", createdSeconds)
                .put("owned_by", "qwen3tts");
    }
}
