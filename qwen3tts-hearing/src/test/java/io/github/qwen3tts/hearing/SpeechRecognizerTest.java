package io.github.qwen3tts.hearing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qwen3tts.audio.Pcm;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpeechRecognizerTest {

    @Test
    void equalAudioYieldsEqualWordsWhateverCameBefore() {
        List<Pcm> speech = DemoVoice.goodSpeech();
        List<List<String>> expected = DemoVoice.goodWords();
        List<Integer> order = List.of(9, 7, 9, 9, 7);
        List<List<String>> again =
                DemoVoice.recognizer().words(order.stream().map(speech::get).toList());
        assertEquals(order.stream().map(expected::get).toList(), again);
    }

    @Test
    void levelAndChannelsDoNotMatter() {
        Pcm speech = DemoVoice.goodSpeech().get(7);
        float[] stereo = new float[2 * speech.length()];
        for (int i = 0; i < speech.length(); i++) {
            stereo[2 * i] = 0.5f * speech.samples()[i];
        }
        assertEquals(
                DemoVoice.goodWords().get(7), DemoVoice.recognizer().words(new Pcm(stereo, 2, speech.sampleRateHz())));
    }

    @Test
    void silenceHasNoWords() {
        assertEquals(List.of(), DemoVoice.recognizer().words(Pcm.mono(new float[48_000], 24_000)));
        assertEquals(List.of(), DemoVoice.recognizer().words(Pcm.mono(new float[0], 24_000)));
    }
}
