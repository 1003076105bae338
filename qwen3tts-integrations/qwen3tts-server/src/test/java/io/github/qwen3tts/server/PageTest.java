package io.github.qwen3tts.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.internal.wav.WavReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page in a real browser. Pictures of it are kept in target/page. */
class PageTest {

    private static final Path PICTURES = Path.of("target/page");
    private static final int CTRL = 2;
    private static final String TEXT = "The lake is quiet tonight.";

    private static TestServer server;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        Optional<Path> program = Browser.find();
        assumeTrue(program.isPresent(), "there is no Chromium on the PATH: the page is not tried");
        server = TestServer.start(
                Golden.BASE,
                "voice_cloning: {reference_audio: '" + Golden.CLIP + "', prompt_text: " + Golden.TRANSCRIPT + "}");
        Files.createDirectories(PICTURES);
        browser = new Browser(program.get(), Files.createTempDirectory(PICTURES, "profile"));
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void open() throws Exception {
        browser.show(1_200, 820, "light");
        browser.open(server.address().resolve("/"));
        browser.await("document.querySelector('#voice option')"); // it has asked the server what there is
    }

    private static String text(String expression) throws Exception {
        return browser.evaluate(expression).textValue();
    }

    private static double number(String expression) throws Exception {
        return browser.evaluate(expression).doubleValue();
    }

    /** With nothing but keys. */
    private static void askByKeys() throws Exception {
        browser.press("Tab", 9, 0);
        assertEquals("Skip to the text", text("document.activeElement.textContent"), "past the header");
        browser.evaluate("document.getElementById('text').select()");
        browser.type(TEXT);
        browser.press("Enter", 13, CTRL);
    }

    @Test
    void keysAloneTypeSpeakAndHear() throws Exception {
        browser.evaluate("document.getElementById('seed').value = '7'");
        askByKeys();
        browser.await("globalThis.qwen3tts.player?.level > 0.001"); // what is heard passes through Web Audio
        browser.await("document.getElementById('status').textContent.startsWith('Complete')");
        assertTrue(text("document.getElementById('ttfa').textContent").endsWith(" ms"));
        assertTrue(number("Number(document.getElementById('rtf').textContent)") > 0);
        assertEquals("7", text("document.getElementById('used-seed').textContent"));
        assertTrue(text("document.getElementById('download').href").startsWith("blob:"));
        browser.picture(PICTURES.resolve("light.png"));

        JsonNode heard = browser.evaluate("Array.from(globalThis.qwen3tts.player.samples())");
        float[] spoken = spoken();
        assertEquals(spoken.length, heard.size());
        for (int i = 0; i < spoken.length; i++) {
            assertEquals(spoken[i], heard.get(i).floatValue(), 1e-3, "sample " + i);
        }
    }

    private static float[] spoken() throws Exception {
        try (TtsEngine engine = TtsEngine.open(Golden.BASE)) {
            Pcm clip = WavReader.read(Golden.CLIP);
            SynthesisRequest request = SynthesisRequest.of(TEXT, Voice.fromClip(clip, Golden.TRANSCRIPT));
            return engine.speak(request.withSeed(7)).audio().samples();
        }
    }

    @Test
    void aPhoneInTheDarkShowsAllOfIt() throws Exception {
        browser.show(380, 780, "dark");
        double width = number("document.documentElement.scrollWidth");
        assertTrue(width <= 380, "nothing sticks out to the right: width=" + width);
        String top = "document.getElementById('%s').getBoundingClientRect().top";
        double speak = number(top.formatted("speak"));
        double clone = number(top.formatted("clone"));
        assertTrue(speak < clone, "who only wants to hear something need not scroll past cloning");
        browser.picture(PICTURES.resolve("phone.png"));
        browser.evaluate("document.getElementById('key-box').open = true");
        double lines = number("document.getElementById('model').clientHeight") / number("16 * 1.5");
        assertTrue(lines <= 2, "the box of the key leaves room for the name of the model: lines=" + lines);
    }

    @Test
    void nothingIsLoadedFromElsewhereAndEveryFieldHasAName() throws Exception {
        String foreign = "performance.getEntriesByType('resource')"
                + ".map(entry => entry.name).filter(name => !name.startsWith(location.origin)).join()";
        assertEquals("", text(foreign));
        String nameless = "[...document.querySelectorAll('input, select, textarea')]"
                + ".filter(field => field.labels.length === 0 && !field.ariaLabel).map(field => field.id).join()";
        assertEquals("", text(nameless), "fields that a screen reader cannot name");
    }

    @Test
    void aRefusalIsReadOut() throws Exception {
        browser.evaluate("document.getElementById('language').append(new Option('x', 'klingon'));"
                + "document.getElementById('language').value = 'klingon'");
        askByKeys();
        browser.await("!document.getElementById('error').hidden");
        assertEquals("alert", text("document.getElementById('error').role"));
        String refusal = text("document.getElementById('error').textContent");
        assertTrue(refusal.contains("klingon"), refusal);
    }

    @Test
    void onlyModelsThatListenAreAskedHowToSpeak() throws Exception {
        assertEquals("", asked(Golden.CUSTOM_VOICE));
        assertEquals("How to speak", asked(Golden.CUSTOM_VOICE_INSTRUCTED));
        assertEquals("Describe the voice", asked(Golden.VOICE_DESIGN));
    }

    /** What is said above the field for an instruction, if it can be seen. */
    private static String asked(Path checkpoint) throws Exception {
        try (TestServer other = TestServer.start(checkpoint, "")) {
            browser.open(other.address().resolve("/"));
            browser.await("document.querySelector('#language option')");
            boolean shown = number("document.getElementById('instructions-box').clientHeight") > 0;
            return shown ? text("document.getElementById('instructions-label').textContent") : "";
        }
    }
}
