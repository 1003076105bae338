package io.github.qwen3tts.internal.prompt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.internal.text.GoldenFiles;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Prompts of the golden cases: ids of every template, number of positions, number of trailing rows. */
class PromptGoldenTest {

    @TestFactory
    List<DynamicTest> layoutHasTheShapeOfTheOfficialPrompt() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Map.Entry<String, JsonNode> golden : GoldenFiles.speechCases().entrySet()) {
            tests.add(DynamicTest.dynamicTest(golden.getKey(), () -> check(golden.getValue())));
        }
        return tests;
    }

    private static void check(JsonNode golden) throws IOException {
        String checkpoint = golden.get("checkpoint").asText();
        Tokenizer tokenizer = Tokenizer.load(GoldenFiles.path("checkpoints/" + checkpoint), PretokenizerRule.QWEN2);
        PromptVocabulary vocabulary = ConfigFile.vocabulary(checkpoint);
        JsonNode outputs = golden.get("outputs");
        PromptRequest request =
                request(golden.get("inputs"), outputs.get("ref_frames").asInt());

        PromptLayout layout = new PromptBuilder(tokenizer, vocabulary, 1000).layout(request);

        List<int[]> templates = new ArrayList<>();
        templates.add(layout.tokens().target());
        for (int[] ids : List.of(layout.tokens().instruct(), layout.tokens().reference())) {
            if (ids.length > 0) {
                templates.add(ids);
            }
        }
        JsonNode tokenIds = outputs.get("token_ids");
        assertEquals(tokenIds.size(), templates.size());
        for (int i = 0; i < templates.size(); i++) {
            assertArrayEquals(GoldenFiles.ints(tokenIds.get(i).get("ids")), templates.get(i));
        }
        assertEquals(outputs.get("prompt_positions").asInt(), layout.rows().size());
        assertEquals(outputs.get("trailing_rows").asInt(), layout.trailing().length);
        if (outputs.has("icl_text_rows")) {
            checkClip(outputs, layout, request.layout() == TextLayout.STREAMING);
        }
    }

    /** Text and speech rows of in-context cloning are side by side, or one after the other. */
    private static void checkClip(JsonNode outputs, PromptLayout layout, boolean streaming) {
        int texts = outputs.get("icl_text_rows").asInt();
        int speech = outputs.get("icl_codec_rows").asInt();
        long frames = layout.rows().stream()
                .filter(row -> row.codec() instanceof CodecSide.ReferenceFrame)
                .count();
        assertEquals(speech - 1, frames);
        assertEquals(
                new CodecSide.ReferenceFrame(speech - 2),
                layout.rows().get(layout.rows().size() - 1).codec());
        int header = layout.rows().size() - (streaming ? speech : texts + speech);
        assertTrue(header == 8 || header == 9, "header=" + header);
        assertEquals(streaming ? Math.max(1, texts - speech) : 1, layout.trailing().length);
    }

    private static PromptRequest request(JsonNode inputs, int frames) {
        return PromptRequest.of(inputs.get("text").asText(), voice(inputs, frames))
                .withLanguage(Language.of(inputs.get("language").asText()))
                .withInstruct(inputs.get("instruct").asText(""))
                .withLayout(TextLayout.valueOf(inputs.get("layout").asText().toUpperCase(Locale.ROOT)));
    }

    private static PromptVoice voice(JsonNode inputs, int frames) {
        String speaker = inputs.get("speaker").asText("");
        return switch (inputs.get("mode").asText("")) {
            case "x_vector" -> new PromptVoice.Vector();
            case "icl" -> new PromptVoice.Continued(inputs.get("ref_text").asText(), frames);
            default -> speaker.isEmpty() ? new PromptVoice.Unnamed() : new PromptVoice.Preset(speaker);
        };
    }
}
