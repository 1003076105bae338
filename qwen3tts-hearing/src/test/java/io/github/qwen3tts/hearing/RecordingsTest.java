package io.github.qwen3tts.hearing;

import io.github.qwen3tts.audio.AudioReader;
import io.github.qwen3tts.audio.Pcm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Not a test but a measurement: the word errors of recordings 0.wav to 39.wav in a directory. */
@EnabledIfSystemProperty(named = "qwen3tts.recordings", matches = ".+")
class RecordingsTest {

    @Test
    void recordingsAreMeasured() throws IOException {
        Path directory = Path.of(System.getProperty("qwen3tts.recordings"));
        List<HeldOutSentence> sentences = HeldOutSentence.all();
        List<Pcm> recordings = new ArrayList<>();
        for (int i = 0; i < sentences.size(); i++) {
            recordings.add(AudioReader.read(directory.resolve(i + ".wav")));
        }
        List<List<String>> heard = DemoVoice.recognizer().words(recordings);
        WordErrors sum = WordErrors.NONE;
        for (int i = 0; i < sentences.size(); i++) {
            WordErrors errors = WordErrors.of(sentences.get(i).text(), heard.get(i));
            sum = sum.plus(errors);
            System.out.println(errors.errors() + "\t" + sentences.get(i).text());
        }
        System.out.println(directory + ": word error rate " + sum);
    }
}
