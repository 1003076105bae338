package io.github.qwen3tts.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ContentHashTest {

    @Test
    void fortyDigitsAreAGitObjectId() {
        assertEquals("d670460b4b4aece5915caf5c68d12f560a9fe3e4", FakeHub.hash(FakeHub.text("test content\n"), 40));
        assertEquals("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", FakeHub.hash(new byte[0], 40));
    }

    @Test
    void sixtyFourDigitsAreTheSha256OfTheBytes() {
        assertEquals(
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                FakeHub.hash(FakeHub.text("abc"), 64));
    }
}
