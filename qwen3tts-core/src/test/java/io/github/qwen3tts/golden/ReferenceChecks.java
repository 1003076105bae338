package io.github.qwen3tts.golden;

import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.internal.dsp.MelSpectrogram;
import io.github.qwen3tts.audio.internal.dsp.Resampler;
import io.github.qwen3tts.audio.internal.wav.WavReader;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.CodecEncoder;
import io.github.qwen3tts.internal.model.SpeakerEncoder;
import io.github.qwen3tts.internal.model.graph.CodecEncoderGraph.Span;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import java.io.IOException;
import java.nio.FloatBuffer;

/** Encodes golden reference clips: the samples that went into the original encoders, and the files they came from. */
final class ReferenceChecks implements AutoCloseable {

    /** How far a golden value of the log-mel may lie above the floor before rounding is no longer magnified. */
    private static final float QUIET = -8;

    private final Scope owned = new Scope();
    private final SpeakerEncoder speakerEncoder;
    private final CodecEncoder codecEncoder;
    private final MelSpectrogram spectrogram;
    private float[] latents;

    ReferenceChecks(OrtRuntime runtime, Checkpoint checkpoint) {
        speakerEncoder = owned.own(SpeakerEncoder.open(runtime, checkpoint));
        codecEncoder = owned.own(CodecEncoder.open(runtime, checkpoint, Span.WHOLE_CLIP, this::see));
        int mels = checkpoint.config().speakerEncoder().orElseThrow().mels();
        spectrogram = new MelSpectrogram(speakerEncoder.sampleRateHz(), 1024, 256, mels);
    }

    private void see(String name, FloatBuffer values) {
        latents = new float[values.remaining()];
        values.get(latents);
    }

    void check(GoldenCase golden, Report report) throws IOException {
        Pcm file = WavReader.read(
                golden.root().resolve("audio").resolve(golden.input("ref_wav").asText()));
        float[] loaded =
                Resampler.resample(file.toMono(), codecEncoder.sampleRateHz()).samples();
        float[] audio = golden.has("audio") ? golden.floats("audio") : loaded;
        if (golden.has("mel")) {
            mel(golden.floats("mel"), spectrogram.logMel(audio), report);
        }
        encode(golden, audio, "", report);
        if (file.sampleRateHz() == codecEncoder.sampleRateHz()) {
            encode(golden, loaded, " from wav", report);
        } else {
            resampled(audio, loaded, report);
        }
    }

    private void encode(GoldenCase golden, float[] audio, String from, Report report) throws IOException {
        report.close(
                "speaker_embedding" + from,
                golden.floats("speaker_embedding"),
                speakerEncoder.encode(audio),
                Tolerance.SPEAKER_EMBEDDING);
        report.equal("ref_codes" + from, golden.integers("ref_codes"), codecEncoder.encode(audio));
        report.close("encoder_latents" + from, golden.floats("encoder_latents"), latents, Tolerance.ENCODER_LATENTS);
    }

    private static void mel(float[] expected, float[] actual, Report report) {
        float[] expectedLoud = expected.clone();
        float[] actualLoud = actual.clone();
        float[] expectedPower = expected.clone();
        float[] actualPower = actual.clone();
        for (int i = 0; i < expected.length; i++) {
            if (expected[i] <= QUIET) {
                expectedLoud[i] = 0;
                actualLoud[i] = 0;
            }
            expectedPower[i] = (float) Math.exp(expected[i]);
            actualPower[i] = (float) Math.exp(actual[i]);
        }
        report.close("mel", expected, actual, Tolerance.MEL);
        report.close("mel above " + QUIET, expectedLoud, actualLoud, Tolerance.MEL_LOUD);
        report.close("exp(mel)", expectedPower, actualPower, Tolerance.MEL_POWER);
    }

    /** Another resampler made the golden samples: ours has to be near, and the clip as long. */
    private static void resampled(float[] expected, float[] actual, Report report) {
        report.equal("samples resampled", expected.length, actual.length);
        double signal = 0;
        double noise = 0;
        for (int i = 480; i < Math.min(expected.length, actual.length) - 480; i++) {
            signal += (double) expected[i] * expected[i];
            noise += Math.pow((double) expected[i] - actual[i], 2);
        }
        report.atLeast("resampled, dB", Tolerance.RESAMPLED_DECIBEL, 10 * Math.log10(signal / noise));
    }

    @Override
    public void close() {
        owned.close();
    }
}
