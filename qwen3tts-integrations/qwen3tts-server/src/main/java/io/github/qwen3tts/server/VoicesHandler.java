package io.github.qwen3tts.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.qwen3tts.api.Capabilities;
import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.api.Warning;
import io.github.qwen3tts.server.VoiceCatalog.Entry;
import io.github.qwen3tts.server.VoiceCatalog.Source;
import io.github.qwen3tts.server.internal.http.Exchange;
import io.github.qwen3tts.server.internal.http.MultipartForm;
import io.github.qwen3tts.server.internal.http.Response;
import java.io.IOException;
import java.util.Locale;

/** Handles {@code /v1/audio/voices}: lists, uploads and deletes voices. */
final class VoicesHandler {

    private static final int MAX_CONSENT_CHARS = 1_000;

    private VoicesHandler() {}

    /** The list in OpenAI's form, repeated as "voices" for other clients. */
    static Response list(LoadedModel model) {
        Capabilities can = model.engine().capabilities();
        ObjectNode list = Json.object().put("object", "list");
        ArrayNode data = list.putArray("data");
        model.voices().entries().forEach(entry -> data.add(describe(entry)));
        list.set("voices", data);
        list.put("model_type", can.type().published());
        ArrayNode languages = list.putArray("languages");
        can.languages().stream().map(Language::name).forEach(languages::add);
        list.put("takes_instructions", can.takesInstruct());
        list.put("can_clone", can.clonesVoices());
        list.put("can_upload", model.store().isPresent());
        return Json.response(200, list);
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
        if (entry.voice() instanceof ClonedVoice cloned) {
            ArrayNode warnings = voice.put("type", "audio_sample").putArray("warnings");
            cloned.warnings().stream().map(Warning::text).forEach(warnings::add);
        }
        return voice;
    }

    /** Clones a voice from an upload and stores it. */
    static Response upload(Exchange exchange, LoadedModel model) throws IOException {
        VoiceStore store = model.store()
                .orElseThrow(() -> ApiException.forbidden("this server keeps no voices: it needs a Base model and"
                        + " server.voices_directory in its configuration"));
        MultipartForm form;
        try {
            form = MultipartForm.of(exchange);
        } catch (IOException e) {
            throw ApiException.invalid(null, e.getMessage());
        }
        String name = VoiceStore.checkedName(required(form, "name"));
        store.requireFree(name);
        String consent = required(form, "consent");
        if (consent.length() > MAX_CONSENT_CHARS) {
            throw ApiException.invalid("consent", "consent is too long: maxChars=" + MAX_CONSENT_CHARS);
        }
        byte[] sample = form.bytes("audio_sample")
                .filter(bytes -> bytes.length > 0)
                .orElseThrow(() -> ApiException.invalid("audio_sample", "audio_sample must be an audio file"));
        ClonedVoice voice = model.cloner()
                .clone(
                        "audio_sample",
                        sample,
                        form.text("ref_text").orElse(""),
                        Language.of(form.text("language").orElse("auto")),
                        consent);
        return Json.response(200, describe(store.add(name, voice)));
    }

    private static String required(MultipartForm form, String part) {
        return form.text(part)
                .orElseThrow(() -> ApiException.invalid(
                        part,
                        part.equals("consent")
                                ? "consent must say what the owner of the voice agreed to, or name their recording"
                                : part + " is missing"));
    }

    static Response delete(String id, LoadedModel model) throws IOException {
        Entry entry = model.voices()
                .find(id)
                .orElseThrow(() -> ApiException.notFound("voice_not_found", "voice", "no such voice"));
        VoiceStore store = model.store().orElse(null);
        if (entry.source() != Source.UPLOADED || store == null) {
            throw ApiException.forbidden("only uploaded voices can be deleted");
        }
        store.remove(entry);
        return Json.response(
                200,
                Json.object()
                        .put("id", entry.id())
                        .put("object", "audio.voice.deleted")
                        .put("deleted", true));
    }
}
