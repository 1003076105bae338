package io.github.qwen3tts.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PcmTest {

    @Test
    void lengthAndSecondsCountOneChannel() {
        Pcm stereo = new Pcm(new float[24_000], 2, 24_000);
        assertEquals(12_000, stereo.length());
        assertEquals(0.5, stereo.seconds());
    }

    @Test
    void monoIsTheMeanOfAllChannels() {
        Pcm three = new Pcm(new float[] {0.3f, 0.6f, 0.9f, -1f, 0f, 1f}, 3, 8_000);
        assertArrayEquals(new float[] {0.6f, 0f}, three.toMono().samples(), 1e-7f);
        assertEquals(8_000, three.toMono().sampleRateHz());
    }

    @Test
    void monoOfMonoIsItself() {
        Pcm mono = Pcm.mono(new float[3], 24_000);
        assertSame(mono, mono.toMono());
    }

    @Test
    void refusesHalfAFrameAndNamesTheValues() {
        String message = assertThrows(IllegalArgumentException.class, () -> new Pcm(new float[5], 2, 24_000))
                .getMessage();
        assertTrue(message.contains("samples=5") && message.contains("channels=2"), message);
        assertThrows(IllegalArgumentException.class, () -> new Pcm(new float[4], 0, 24_000));
        assertThrows(IllegalArgumentException.class, () -> new Pcm(new float[4], 2, 0));
    }
}
