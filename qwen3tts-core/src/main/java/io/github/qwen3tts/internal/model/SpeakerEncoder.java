package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.audio.internal.dsp.MelSpectrogram;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.ModelConfig.SpeakerEncoderConfig;
import io.github.qwen3tts.internal.model.graph.SpeakerEncoderGraph;
import io.github.qwen3tts.internal.runtime.OrtModel;
import io.github.qwen3tts.internal.runtime.OrtRuntime;

/** Turns a clip into the vector a Base model knows its speaker by. For any number of threads. */
public final class SpeakerEncoder implements AutoCloseable {

    private static final int FFT_SIZE = 1024;
    private static final int HOP = 256;

    private final SpeakerEncoderConfig config;
    private final OrtModel model;
    private final MelSpectrogram spectrogram;

    private SpeakerEncoder(SpeakerEncoderConfig config, OrtModel model) {
        this.config = config;
        this.model = model;
        this.spectrogram = new MelSpectrogram(config.sampleRateHz(), FFT_SIZE, HOP, config.mels());
    }

    /**
     * Opens the speaker encoder of a checkpoint.
     *
     * @param runtime    to run on
     * @param checkpoint a Base model
     * @return to be closed by the caller
     * @throws ModelLoadException if the checkpoint has none
     */
    public static SpeakerEncoder open(OrtRuntime runtime, Checkpoint checkpoint) {
        OrtModel model = runtime.openPrepared(SpeakerEncoderGraph.build(checkpoint), OrtRuntime.Size.LARGE);
        return new SpeakerEncoder(checkpoint.config().speakerEncoder().orElseThrow(), model);
    }

    /**
     * The rate it listens at.
     *
     * @return samples per second
     */
    public int sampleRateHz() {
        return config.sampleRateHz();
    }

    /**
     * The shortest clip it takes.
     *
     * @return samples
     */
    public int minSamples() {
        return Math.max(spectrogram.minSamples(), SpeakerEncoderGraph.minFrames(config) * HOP);
    }

    /**
     * Listens to a whole clip.
     *
     * @param samples mono, nominally in {@code [-1, 1]}, at {@link #sampleRateHz()}; read only
     * @return the speaker vector, {@code [embedding]}, not normalised
     * @throws InvalidRequestException if the clip is shorter than {@link #minSamples()}
     * @throws DeviceException         if the runtime fails
     */
    public float[] encode(float[] samples) {
        Check.argument(
                samples.length >= minSamples(),
                "clip is too short for a speaker vector; use a longer one",
                "samples",
                samples.length,
                "minSamples",
                minSamples(),
                "sampleRateHz",
                sampleRateHz());
        return encodeMel(spectrogram.logMel(samples));
    }

    /** Listens to a log-mel spectrum, {@code [frames, mels]}. */
    float[] encodeMel(float[] logMel) {
        long[] shape = {logMel.length / config.mels(), config.mels()};
        return model.run("mel", logMel, shape, "embedding", config.embedding());
    }

    @Override
    public void close() {
        model.close();
    }
}
