package io.github.qwen3tts.server;

import io.github.qwen3tts.audio.AudioSink;
import io.github.qwen3tts.audio.internal.dsp.Resampler;
import io.github.qwen3tts.audio.internal.dsp.TimeStretch;
import java.io.IOException;

/** From the model's samples to the bytes of an answer: tempo, then rate, then format. */
final class AudioChain implements AudioSink {

    private final TimeStretch tempo;
    private final Resampler rate;
    private final AudioSink format;
    private boolean closed;

    /**
     * A chain for one speech.
     *
     * @param speed  how many times as fast as spoken
     * @param fromHz the model's rate
     * @param toHz   the rate sent
     * @param format takes the result; closed with this
     */
    AudioChain(double speed, int fromHz, int toHz, AudioSink format) {
        this.tempo = new TimeStretch(speed, fromHz);
        this.rate = new Resampler(fromHz, toHz);
        this.format = format;
    }

    @Override
    public void write(float[] samples, int from, int count) throws IOException {
        pass(rate.push(tempo.push(samples, from, count)));
    }

    private void pass(float[] samples) throws IOException {
        if (samples.length > 0) {
            format.write(samples);
        }
    }

    /** Sends what the parts still hold, and the end of the format. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (format) {
            pass(rate.push(tempo.finish()));
            pass(rate.finish());
        }
    }
}
