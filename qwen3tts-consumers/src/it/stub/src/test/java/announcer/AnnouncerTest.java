package announcer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SpeechSynthesizer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnnouncerTest {
    private static final AudioChunk HALF_A_SECOND = AudioChunk.of(new float[12_000], 24_000, 0, 6);

    @Test
    void saysWhichTrainIsDelayed() {
        List<String> texts = new ArrayList<>();
        SpeechSynthesizer stub = request -> {
            texts.add(request.text());
            return SpeechStream.of(List.of(HALF_A_SECOND, HALF_A_SECOND));
        };
        assertEquals(1, new Announcer(stub).announce("The 8:15"));
        assertEquals(List.of("The 8:15 is delayed."), texts);
    }

    @Test
    void fallsBackToTheSignIfSpeechFails() {
        SpeechSynthesizer stub =
                request -> SpeechStream.failing(List.of(HALF_A_SECOND), 24_000, new DeviceException("GPU lost"));
        assertEquals(0, new Announcer(stub).announce("The 8:15"));
    }
}
