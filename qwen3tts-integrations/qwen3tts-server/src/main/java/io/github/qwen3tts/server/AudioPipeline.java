package io.github.qwen3tts.server;

import io.github.qwen3tts.audio.AudioSink;
import io.github.qwen3tts.audio.internal.dsp.Resampler;
import io.github.qwen3tts.audio.internal.dsp.TimeStretch;
import java.io.IOException;

/** Converts the model's samples to a format: changes tempo, then rate, then encodes. */
final class AudioPipeline implements AudioSink {

    private final TimeStretch tempo;
    private final Resampler rate;
    private final AudioSink format;
    private boolean closed;

    /**
     * Creates a pipeline for one stream of audio.
     *
     * @param speed  tempo of the result; 2 is twice as fast
     * @param fromHz the model's rate
     * @param toHz   the rate sent
     * @param format encodes the result; is closed with this
     */
    AudioPipeline(double speed, int fromHz, int toHz, AudioSink format) {
        this.tempo = new TimeStretch(speed, fromHz);
        this.rate = new Resampler(fromHz, toHz);
        this.format = format;
    }

    @Override
    public void write(float[] samples, int from, int count) throws IOException {
        encode(rate.push(tempo.push(samples, from, count)));
    }

    private void encode(float[] samples) throws IOException {
        if (samples.length > 0) {
            format.write(samples);
        }
    }

    /** Flushes the remaining samples and ends the format. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (format) {
            encode(rate.push(tempo.finish()));
            encode(rate.finish());
        }
    }
}
