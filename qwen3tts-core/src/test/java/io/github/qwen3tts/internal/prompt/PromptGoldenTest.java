package io.github.qwen3tts.internal.prompt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.golden.GoldenRequest;
import io.github.qwen3tts.internal.text.GoldenFiles;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Prompts of the golden cases: ids of every template, number of positions, number of trailing rows. */
class PromptGoldenTest {

    @TestFactory
    List<DynamicTest> promptHasTheIdsAndTheShapeOfTheOfficialOne() throws IOException {
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
        RequestRules rules = ConfigFile.rules(vocabulary, 1000);
        JsonNode outputs = golden.get("outputs");
        int[] codes = new int[outputs.get("ref_frames").asInt() * ConfigFile.CODE_GROUPS];
        Voice voice = GoldenRequest.voice(golden, vocabulary, new float[ConfigFile.WIDTH], codes);
        SynthesisRequest request = GoldenRequest.of(golden, voice);
        PromptBuilder builder = new PromptBuilder(tokenizer, rules);

        PromptBuilder.Templates made = builder.templates(request);
        List<int[]> templates = new ArrayList<>();
        templates.add(made.target());
        for (int[] ids : List.of(made.instruct(), made.reference())) {
            if (ids.length > 0) {
                templates.add(ids);
            }
        }
        JsonNode tokenIds = outputs.get("token_ids");
        assertEquals(tokenIds.size(), templates.size());
        for (int i = 0; i < templates.size(); i++) {
            assertArrayEquals(GoldenFiles.ints(tokenIds.get(i).get("ids")), templates.get(i));
        }
        Prompt prompt = builder.build(request);
        assertEquals(outputs.get("prompt_positions").asInt(), prompt.positions());
        assertEquals(outputs.get("trailing_rows").asInt(), prompt.trailing().length);
        if (outputs.has("icl_text_rows")) {
            checkReference(outputs, prompt, request.layout() == TextLayout.STREAMING);
        }
        if (GoldenRequest.dropsInstruct(golden)) {
            SynthesisRequest instructed = request.withInstruct(GoldenRequest.instruct(golden));
            assertThrows(InvalidRequestException.class, () -> builder.build(instructed));
        }
    }

    /** Text and speech rows of in-context cloning are side by side, or one after the other. */
    private static void checkReference(JsonNode outputs, Prompt prompt, boolean streaming) {
        int texts = outputs.get("icl_text_rows").asInt();
        int speech = outputs.get("icl_codec_rows").asInt();
        long frames = prompt.rows().stream()
                .filter(row -> row.codec() instanceof CodecSide.ReferenceFrame)
                .count();
        assertEquals(speech - 1, frames);
        assertEquals(
                new CodecSide.ReferenceFrame(speech - 2),
                prompt.rows().get(prompt.positions() - 1).codec());
        int header = prompt.positions() - (streaming ? speech : texts + speech);
        assertTrue(header == 8 || header == 9, "header=" + header);
        assertEquals(streaming ? Math.max(1, texts - speech) : 1, prompt.trailing().length);
    }
}
