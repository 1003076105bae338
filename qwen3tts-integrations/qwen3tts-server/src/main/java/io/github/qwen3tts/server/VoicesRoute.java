package io.github.qwen3tts.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.ModelType;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.api.Warning;
import io.github.qwen3tts.server.VoiceCatalog.Entry;
import io.github.qwen3tts.server.VoiceCatalog.Source;
import io.github.qwen3tts.server.internal.http.Answer;
import io.github.qwen3tts.server.internal.http.Exchange;
import io.github.qwen3tts.server.internal.http.MultipartForm;
import java.io.IOException;
import java.util.Locale;

/** {@code /v1/audio/voices}: what voices there are, and more of them. */
final class VoicesRoute {

    private static final int MAX_CONSENT_CHARS = 1_000;

    private VoicesRoute() {}

    /** The list, and again under "voices" for programs that look there. */
    static Answer list(Synthesizer synthesizer) {
        ObjectNode list = Json.object().put("object", "list");
        ArrayNode data = list.putArray("data");
        synthesizer.voices().entries().forEach(entry -> data.add(describe(entry)));
        list.set("voices", data);
        list.put("model_type", synthesizer.engine().modelType().published());
        ArrayNode languages = list.putArray("languages");
        synthesizer.engine().languages().forEach(languages::add);
        list.put("takes_instructions", synthesizer.engine().takesInstructions());
        list.put("can_clone", synthesizer.engine().modelType() == ModelType.BASE);
        list.put("can_upload", synthesizer.uploads().isPresent());
        return Json.answer(200, list);
    }

    private static ObjectNode describe(Entry entry) {
        ObjectNode voice = Json.object()
                .put("id", entry.id())
                .put("name", entry.id())
                .put("object", "audio.voice")
                .put("source", entry.source().name().toLowerCase(Locale.ROOT));
        entry.created().ifPresent(created -> voice.put("created_at", created.getEpochSecond()));
        if (entry.voice() instanceof Voice.Designed designed) {
            voice.put("type", "prompt").put("prompt", designed.description());
        }
        if (entry.voice() instanceof Voice.Cloned cloned) {
            ArrayNode warnings = voice.put("type", "audio_sample").putArray("warnings");
            cloned.notes().warnings().stream().map(Warning::text).forEach(warnings::add);
        }
        return voice;
    }

    /** Clones a voice from an upload and keeps it. */
    static Answer upload(Exchange exchange, Synthesizer synthesizer) throws IOException {
        Uploads uploads = synthesizer
                .uploads()
                .orElseThrow(() -> ApiException.forbidden("this server keeps no voices: it needs a Base model and"
                        + " server.voices_directory in its configuration"));
        MultipartForm form;
        try {
            form = MultipartForm.of(exchange);
        } catch (IOException e) {
            throw ApiException.invalid(null, e.getMessage());
        }
        String name = Uploads.checkedName(required(form, "name"));
        uploads.requireFree(name);
        String consent = required(form, "consent");
        if (consent.length() > MAX_CONSENT_CHARS) {
            throw ApiException.invalid("consent", "consent is too long: maxChars=" + MAX_CONSENT_CHARS);
        }
        byte[] sample = form.bytes("audio_sample")
                .filter(bytes -> bytes.length > 0)
                .orElseThrow(() -> ApiException.invalid("audio_sample", "audio_sample must be an audio file"));
        Voice.Cloned voice = synthesizer
                .references()
                .clone(
                        "audio_sample",
                        sample,
                        form.text("ref_text").orElse(""),
                        Language.of(form.text("language").orElse("auto")),
                        consent);
        return Json.answer(200, describe(uploads.add(name, voice)));
    }

    private static String required(MultipartForm form, String part) {
        return form.text(part)
                .orElseThrow(() -> ApiException.invalid(
                        part,
                        part.equals("consent")
                                ? "consent must say what the owner of the voice agreed to, or name their recording"
                                : part + " is missing"));
    }

    static Answer delete(String id, Synthesizer synthesizer) throws IOException {
        Entry entry = synthesizer
                .voices()
                .find(id)
                .orElseThrow(() -> ApiException.notFound("voice_not_found", "voice", "no such voice"));
        Uploads uploads = synthesizer.uploads().orElse(null);
        if (entry.source() != Source.UPLOADED || uploads == null) {
            throw ApiException.forbidden("only uploaded voices can be deleted");
        }
        uploads.remove(entry);
        return Json.answer(
                200,
                Json.object()
                        .put("id", entry.id())
                        .put("object", "audio.voice.deleted")
                        .put("deleted", true));
    }
}
