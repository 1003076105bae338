package io.github.qwen3tts.hearing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpeechPiecesTest {

    private static final int HZ = SpeechRecognizer.SAMPLE_RATE_HZ;

    @Test
    void speechIsCutInItsPauses() {
        float[] speech = noise(25 * HZ);
        silence(speech, 7.0, 7.2);
        silence(speech, 15.5, 15.7);
        List<float[]> pieces = SpeechPieces.of(speech);
        assertEquals(3, pieces.size());
        assertEquals(7.1, pieces.get(0).length / (double) HZ, 0.06);
        assertEquals(8.5, pieces.get(1).length / (double) HZ, 0.1);
        assertArrayEquals(speech, join(pieces, speech.length));
    }

    @Test
    void shortSpeechIsOnePieceAndNoSpeechIsNone() {
        assertEquals(1, SpeechPieces.of(noise(10 * HZ)).size());
        assertEquals(0, SpeechPieces.of(new float[0]).size());
    }

    private static float[] noise(int length) {
        Random random = new Random(1);
        float[] noise = new float[length];
        for (int i = 0; i < length; i++) {
            noise[i] = random.nextFloat() - 0.5f;
        }
        return noise;
    }

    private static void silence(float[] samples, double from, double to) {
        Arrays.fill(samples, (int) (from * HZ), (int) (to * HZ), 0f);
    }

    private static float[] join(List<float[]> pieces, int length) {
        float[] all = new float[length];
        int at = 0;
        for (float[] piece : pieces) {
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        return all;
    }
}
