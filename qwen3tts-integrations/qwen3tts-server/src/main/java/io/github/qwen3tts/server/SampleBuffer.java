package io.github.qwen3tts.server;

import io.github.qwen3tts.audio.AudioSink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Collects the samples of one stream of audio. */
final class SampleBuffer implements AudioSink {

    private final List<float[]> pieces = new ArrayList<>();
    private int count;

    @Override
    public void write(float[] samples, int from, int length) {
        pieces.add(Arrays.copyOfRange(samples, from, from + length));
        count += length;
    }

    float[] toArray() {
        float[] all = new float[count];
        int at = 0;
        for (float[] piece : pieces) {
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        return all;
    }

    @Override
    public void close() {
        // nothing is held open
    }
}
