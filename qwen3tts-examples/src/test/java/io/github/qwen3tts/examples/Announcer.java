package io.github.qwen3tts.examples;

import io.github.qwen3tts.api.Speech;
import io.github.qwen3tts.api.SpeechSynthesizer;

/** An application that depends on an interface, which the engine implements: its tests need no engine. */
final class Announcer {

    private final SpeechSynthesizer synthesizer;

    Announcer(SpeechSynthesizer synthesizer) {
        this.synthesizer = synthesizer;
    }

    Speech announceDelay(String town) {
        return synthesizer.speak("The train to " + town + " is late.");
    }
}
