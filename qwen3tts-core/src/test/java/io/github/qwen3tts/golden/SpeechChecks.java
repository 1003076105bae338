package io.github.qwen3tts.golden;

import io.github.qwen3tts.Frames;
import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.Speech;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.internal.wav.WavReader;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Speaks golden cases from the text, and from the clip of the voice, through the front door. */
final class SpeechChecks implements AutoCloseable {

    private static final int SAMPLE_RATE_HZ = 24_000;

    private final Checkpoint checkpoint;
    private final TtsEngine engine;

    SpeechChecks(Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
        engine = TtsEngine.builder(checkpoint.directory())
                .precision(Precision.FP32)
                .threads(2)
                .build();
    }

    void check(GoldenCase golden, Report report) throws IOException {
        if (golden.has("speaker_embedding")) {
            speak(golden, PromptChecks.voice(checkpoint, golden), "golden voice", report);
            Optional<Pcm> clip = clip(golden);
            if (clip.isPresent()) {
                fromClip(golden, clip.get(), report);
            }
        } else {
            speak(golden, PromptChecks.voice(checkpoint, golden), "text", report);
        }
    }

    private void fromClip(GoldenCase golden, Pcm audio, Report report) throws IOException {
        Voice.Clip clip =
                Voice.fromClip(audio).withAppendedSilence(Duration.ZERO).withTranscript(text(golden, "ref_text"));
        float[] expected = speak(golden, clip, "clip", report);
        Path file = Files.createTempFile("golden", ".voice");
        try {
            engine.prepare(clip).save(file);
            Speech again = engine.speak(request(golden, Voice.load(file)));
            report.close("pcm from voice file", expected, again.audio().samples(), Tolerance.max(0));
        } finally {
            Files.delete(file);
        }
    }

    private float[] speak(GoldenCase golden, Voice voice, String from, Report report) throws IOException {
        Speech speech = engine.speak(request(golden, voice));
        FinishReason expected = golden.output("end_reason").asText().equals("eos")
                ? FinishReason.END_OF_SPEECH
                : FinishReason.FRAME_LIMIT;
        report.equal("reason from " + from, expected, speech.stats().reason());
        report.equal(
                "positions from " + from,
                golden.output("prompt_positions").asInt(),
                speech.stats().promptTokens());
        report.close("pcm from " + from, golden.floats("pcm"), speech.audio().samples(), Tolerance.PCM);
        return speech.audio().samples();
    }

    private SynthesisRequest request(GoldenCase golden, Voice voice) {
        float penalty = (float) golden.input("repetition_penalty").asDouble();
        return GoldenRequest.of(golden.description(), voice)
                .withSampling(own -> own.greedy().repetitionPenalty(penalty))
                .withMaxDuration(Frames.of(golden.input("max_new_tokens").asInt() - 1));
    }

    /** The clip, where it is part of the set; what the original's resampler made of it, where it had to resample. */
    private static Optional<Pcm> clip(GoldenCase golden) throws IOException {
        Path file = golden.root().resolve("audio").resolve(text(golden, "ref_wav"));
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Pcm audio = WavReader.read(file);
        if (audio.sampleRateHz() == SAMPLE_RATE_HZ) {
            return Optional.of(audio);
        }
        GoldenCase reference = GoldenCase.read(golden.root(), text(golden, "reference_case"), "reference");
        return Optional.of(Pcm.mono(reference.floats("audio"), SAMPLE_RATE_HZ));
    }

    private static String text(GoldenCase golden, String input) {
        return golden.input(input).isTextual() ? golden.input(input).asText() : "";
    }

    @Override
    public void close() {
        engine.close();
    }
}
