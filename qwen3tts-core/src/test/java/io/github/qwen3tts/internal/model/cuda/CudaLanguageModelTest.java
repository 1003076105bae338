package io.github.qwen3tts.internal.model.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.Soak;
import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.PretokenizerRule;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.LanguageModel.Generation;
import io.github.qwen3tts.internal.model.LanguageModel.Progress;
import io.github.qwen3tts.internal.model.LanguageModel.RandomKey;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.prompt.PromptBuilder;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.cuda.DeviceArena;
import io.github.qwen3tts.internal.runtime.cuda.DeviceKvCache;
import io.github.qwen3tts.internal.runtime.cuda.HostDevice;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import io.github.qwen3tts.internal.text.GoldenFiles;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Prompts whose prefix was read before: fewer rows through the layers, and the same to the last bit. */
class CudaLanguageModelTest {

    private static final int STREAMS = 2;
    private static final int MAX_POSITIONS = 150;
    private static final int MAX_TEXT_ROWS = 200;
    private static final GenerationOptions OPTIONS = GenerationOptions.OFFICIAL.withMaxNewTokens(4);
    private static final RandomKey KEY = new RandomKey(20_261_123, 5);
    private static final Voice RYAN = Voice.named("ryan");

    private final Scope owned = new Scope();

    @AfterEach
    void close() {
        owned.close();
    }

    /** A model without kept prefixes, on a device of its own. */
    private final class Fixture {

        private final HostDevice device = owned.own(HostDevice.start());
        private final Checkpoint checkpoint;
        private final PromptBuilder prompts;
        private final LanguageNetwork network;
        private final CudaLanguageModel model;

        /** Prompts on the tensor cores. */
        Fixture(String name) {
            this(name, Precision.BF16);
        }

        Fixture(String name, Precision precision) {
            checkpoint = Checkpoint.open(GoldenFiles.path("checkpoints/" + name));
            Tokenizer tokenizer = Tokenizer.load(checkpoint.directory(), PretokenizerRule.QWEN2);
            prompts = new PromptBuilder(tokenizer, checkpoint.rules(MAX_TEXT_ROWS));
            CudaSettings settings =
                    new CudaSettings(precision, STREAMS, MAX_POSITIONS, MAX_TEXT_ROWS, Path.of("unused"));
            DeviceArena arena = owned.own(new DeviceArena(device, 0, "a test"));
            network = new LanguageNetwork(arena, checkpoint, settings, Optional.empty());
            network.load(device);
            model = owned.own(new CudaLanguageModel(device, new ReentrantLock(), checkpoint, settings, network));
        }

        Prompt prompt(SynthesisRequest request) {
            return prompts.build(request);
        }

        /** Rows that {@code begin} took through the layers, in launches of the prompt's graphs. */
        int rowsRead(Prompt prompt) {
            int before = rowsRead();
            model.begin(prompt, OPTIONS, KEY).close();
            return rowsRead() - before;
        }

        /** The same by now. */
        int rowsRead() {
            return IntStream.of(16, 32, 64)
                    .map(rows -> rows * device.starts("prompt of " + rows))
                    .sum();
        }

        List<Integer> speak(Prompt prompt) {
            List<Integer> codes = new ArrayList<>();
            try (Generation stream = model.begin(prompt, OPTIONS, KEY)) {
                for (model.step(List.of(stream)); stream.progress() == Progress.FRAME; model.step(List.of(stream))) {
                    Arrays.stream(stream.codes()).forEach(codes::add);
                }
            }
            return codes;
        }

        /** In a slot nobody has used, whose cache holds nothing but what is copied and read for this prompt. */
        List<Integer> speakElsewhere(Prompt prompt) {
            try (Generation first = model.begin(prompt, OPTIONS, KEY)) {
                List<Integer> codes = speak(prompt);
                assertEquals(0, first.frames());
                return codes;
            }
        }

        /** Rows of the text that follows the prompt of a slot's stream. */
        float[] trailing(int slot, int from, int rows) {
            ByteBuffer bytes =
                    ByteBuffer.allocateDirect((int) (rows * network.rowBytes())).order(ByteOrder.LITTLE_ENDIAN);
            device.download(network.trailing(slot, from), bytes);
            float[] values = new float[bytes.capacity() / Float.BYTES];
            bytes.asFloatBuffer().get(values);
            return values;
        }

        /** Keys and values of a slot in all layers, at the first positions. */
        float[] cached(int slot, int positions) {
            int dim = network.talkerCaches().shape().dim();
            int kvHeads = network.talkerCaches().shape().kvHeads();
            ByteBuffer run =
                    ByteBuffer.allocateDirect(positions * dim * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            float[] all = new float[network.talkerCaches().shape().layers() * 2 * kvHeads * positions * dim];
            int at = 0;
            for (int layer = 0; layer < network.talkerCaches().shape().layers(); layer++) {
                DeviceKvCache.Layer cache = network.talkerCaches().layer(layer);
                for (long plane : new long[] {cache.keys(), cache.values()}) {
                    for (int head = 0; head < kvHeads; head++) {
                        long row = (long) (slot * kvHeads + head) * MAX_POSITIONS * dim;
                        device.download(plane + row * Float.BYTES, run);
                        run.asFloatBuffer().get(all, at, positions * dim);
                        at += positions * dim;
                    }
                }
            }
            return all;
        }
    }

    private static SynthesisRequest say(String text) {
        return SynthesisRequest.of(text, RYAN).withLayout(TextLayout.STREAMING);
    }

    private static SynthesisRequest sayAtOnce(String text) {
        return SynthesisRequest.of(text, RYAN)
                .withInstruct("Speak slowly, and as if it were a secret.")
                .withLayout(TextLayout.NON_STREAMING);
    }

    @Test
    void theSameRequestAgainIsNotReadAndSpeaksTheSame() {
        Fixture fixture = new Fixture("mini-custom-voice-1b7");
        Prompt prompt = fixture.prompt(say("The lake is quiet."));
        assertEquals(prompt.positions() - 1, prompt.prefix(), "the test has lost its point");
        List<Integer> first = fixture.speak(prompt);
        assertEquals(16, fixture.rowsRead());
        assertEquals(3 * 16, first.size());
        assertEquals(first, fixture.speakElsewhere(prompt));
        assertEquals(16, fixture.rowsRead(), "read again");
        assertEquals(3, fixture.device.starts("kv_copy"), "one to keep it, two to use it");
    }

    static Stream<Precision> precisions() {
        return Soak.sweep(1, List.of(Precision.BF16, Precision.FP32));
    }

    @ParameterizedTest
    @MethodSource("precisions")
    void anotherTextWithTheSamePrefixSpeaksAsInAModelThatKeepsNothing(Precision precision) {
        for (boolean atOnce : new boolean[] {false, true}) {
            String other = "Nobody said a word about it, and the night went on and on.";
            Fixture fixture = new Fixture("mini-custom-voice-1b7", precision);
            Fixture fresh = new Fixture("mini-custom-voice-1b7", precision);
            Prompt prompt = fresh.prompt(atOnce ? sayAtOnce(other) : say(other));
            List<Integer> expected = fresh.speak(prompt);
            fixture.rowsRead(fixture.prompt(atOnce ? sayAtOnce("The lake is quiet.") : say("The lake is quiet.")));
            int rows = fixture.rowsRead(prompt);
            assertTrue(rows < fresh.rowsRead(), "rows: " + rows);
            assertEquals(expected, fixture.speakElsewhere(prompt));
        }
    }

    /** Pieces that fill a bucket, go beyond it by one, or leave the last row alone. */
    @ParameterizedTest
    @MethodSource("precisions")
    void copiedAndReadCachesAreTheSameBits(Precision precision) {
        Fixture fixture = new Fixture("mini-custom-voice-1b7", precision);
        Prompt whole = fixture.prompt(sayAtOnce("The lake is quiet, and nobody says a word about it. ".repeat(6)));
        int[] lengths = Soak.on() ? new int[] {17, 18, 33, 34, 64, 65, 66, 128, 129, 130} : new int[] {17, 34, 66};
        for (int positions : lengths) {
            Prompt prompt = first(whole, positions);
            int cached = positions - 1;
            try (Generation read = fixture.model.begin(prompt.withPrefix(0), OPTIONS, KEY)) {
                fixture.model.begin(prompt, OPTIONS, KEY).close(); // now it is kept, if that is of use
                try (Generation copied = fixture.model.begin(prompt, OPTIONS, KEY)) {
                    assertEquals(List.of(0, 0), List.of(read.frames(), copied.frames()));
                    assertArrayEquals(fixture.cached(0, cached), fixture.cached(1, cached), "positions=" + positions);
                }
            }
        }
        assertEquals(2 * lengths.length, fixture.device.starts("kv_copy"), "once kept, then copied every time");
    }

    private static Prompt first(Prompt prompt, int positions) {
        return new Prompt(
                prompt.rows().subList(0, positions),
                Math.min(prompt.prefix(), positions - 1),
                prompt.trailing(),
                prompt.pad(),
                prompt.speakerVector(),
                prompt.referenceCodes());
    }

    /** More text than is projected at once: its later rows are those of a text that begins there. */
    @Test
    void aLongTextIsProjectedInPieces() {
        Fixture fixture = new Fixture("mini-custom-voice-1b7");
        Prompt prompt = fixture.prompt(say("The lake is quiet. ".repeat(9)));
        int[] trailing = prompt.trailing();
        int from = LanguageNetwork.PROMPT_ROWS;
        assertTrue(from + 5 < trailing.length, "trailing: " + trailing.length);
        int[] late = Arrays.copyOfRange(trailing, from - 1, trailing.length);
        Prompt later = new Prompt(
                prompt.rows(), prompt.prefix(), late, prompt.pad(), prompt.speakerVector(), prompt.referenceCodes());
        try (Generation whole = fixture.model.begin(prompt, OPTIONS, KEY);
                Generation end = fixture.model.begin(later, OPTIONS, KEY)) {
            assertEquals(List.of(0, 0), List.of(whole.frames(), end.frames()));
            assertArrayEquals(
                    fixture.trailing(0, from - 1, late.length), fixture.trailing(1, 0, late.length), "row by row");
        }
    }

    @Test
    void aPrefixTooLongForItsPlaceIsKeptAsFarAsItFits() {
        Fixture fixture = new Fixture("mini-custom-voice-1b7");
        String instruct = "Speak slowly, and as if it were a secret. ".repeat(3).strip();
        Prompt prompt = fixture.prompt(sayAtOnce("The lake is quiet.").withInstruct(instruct));
        int room = fixture.network.prefixes().maxPositions();
        assertTrue(prompt.prefix() > room, "prefix: " + prompt.prefix());
        int cached = prompt.positions() - 1;
        assertEquals(StagedPrompt.computedRows(cached), fixture.rowsRead(prompt));
        assertEquals(StagedPrompt.computedRows(cached - room), fixture.rowsRead(prompt));
        assertEquals(new Fixture("mini-custom-voice-1b7").speak(prompt), fixture.speakElsewhere(prompt));
    }

    @Test
    void otherLanguagesAndInstructionsAreRead() {
        Fixture fixture = new Fixture("mini-custom-voice-1b7");
        SynthesisRequest request = say("The lake is quiet.");
        SynthesisRequest slow = request.withInstruct("Slowly.");
        assertTrue(fixture.rowsRead(fixture.prompt(request)) > 0);
        for (SynthesisRequest other :
                List.of(slow, slow.withInstruct("Loudly."), request.withLanguage(Language.ENGLISH))) {
            assertTrue(fixture.rowsRead(fixture.prompt(other)) > 0, other.toString());
            assertEquals(0, fixture.rowsRead(fixture.prompt(other)), other.toString());
        }
        assertEquals(0, fixture.rowsRead(fixture.prompt(request)));
    }

    /** Vectors and codes that differ in one value only. */
    @Test
    void otherVectorsAndReferencesAreRead() {
        Fixture fixture = new Fixture("mini-base");
        int frames = 30;
        float[] vector =
                new float[fixture.checkpoint.config().talker().transformer().hidden()];
        int[] codes = IntStream.range(0, frames * 16).map(i -> i % 64).toArray();
        Prompt voice = fixture.prompt(continued(vector, codes));
        float[] nearVector = vector.clone();
        nearVector[5] = Math.nextUp(0f);
        int[] nearCodes = codes.clone();
        nearCodes[3]++;
        int read = fixture.rowsRead(voice);
        int copied = fixture.rowsRead(voice);
        assertTrue(copied < read, "rows: read=" + read + ", copied=" + copied);
        assertEquals(read, fixture.rowsRead(fixture.prompt(continued(nearVector, codes))));
        assertEquals(read, fixture.rowsRead(fixture.prompt(continued(vector, nearCodes))));
        assertEquals(copied, fixture.rowsRead(voice));
        assertEquals(new Fixture("mini-base").speak(voice), fixture.speakElsewhere(voice));
    }

    private static SynthesisRequest continued(float[] vector, int[] codes) {
        Voice voice = ClonedVoice.of(
                vector,
                codes,
                codes.length / 16,
                "Nobody said a word about it.",
                new ClonedVoice.Origin("base", "1b7", "test"));
        return SynthesisRequest.of("The lake is quiet.", voice).withLayout(TextLayout.STREAMING);
    }

    @Test
    void theVoiceUsedLeastRecentlyIsReadAgain() {
        Fixture fixture = new Fixture("mini-custom-voice-1b7");
        int places = fixture.network.prefixes().slots();
        List<Prompt> voices = IntStream.rangeClosed(0, places)
                .mapToObj(i -> fixture.prompt(say("The lake is quiet.").withInstruct("Like number " + i)))
                .toList();
        voices.subList(0, places).forEach(voice -> assertTrue(fixture.rowsRead(voice) > 0));
        assertEquals(0, fixture.rowsRead(voices.get(0)));
        assertTrue(fixture.rowsRead(voices.get(places)) > 0);
        assertEquals(0, fixture.rowsRead(voices.get(0)), "used since");
        assertTrue(fixture.rowsRead(voices.get(1)) > 0, "used least recently");
    }

    @Test
    void aPrefixThatSavesNoPassIsNeitherKeptNorCopied() {
        Fixture fixture = new Fixture("mini-custom-voice-1b7");
        SynthesisRequest request = SynthesisRequest.of("??????", RYAN).withLayout(TextLayout.NON_STREAMING);
        Prompt prompt = fixture.prompt(request);
        assertEquals(List.of(8, 16), List.of(prompt.prefix(), prompt.positions()), "prefix, positions");
        assertEquals(16, fixture.rowsRead(prompt));
        assertEquals(16, fixture.rowsRead(prompt));
        assertEquals(0, fixture.device.starts("kv_copy"));
    }

    @Test
    void whatCouldNotBeKeptIsNotFound() {
        Fixture fixture = new Fixture("mini-custom-voice-1b7");
        Prompt prompt = fixture.prompt(say("The lake is quiet."));
        fixture.device.failNext("kv_copy");
        assertThrows(DeviceException.class, () -> fixture.model.begin(prompt, OPTIONS, KEY));
        assertEquals(16, fixture.rowsRead(prompt), "found though it was never kept");
        assertEquals(0, fixture.rowsRead(prompt));
        fixture.device.failNext("kv_copy");
        assertThrows(DeviceException.class, () -> fixture.model.begin(prompt, OPTIONS, KEY));
        assertEquals(new Fixture("mini-custom-voice-1b7").speak(prompt), fixture.speakElsewhere(prompt));
    }
}
