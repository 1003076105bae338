package io.github.qwen3tts.golden;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.GenerationOptions;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.Speech;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.wav.WavReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Speaks golden cases from the text, and from the clip of the voice, through the front door. */
final class SpeechChecks implements AutoCloseable {

    private final TtsEngine engine;

    SpeechChecks(Path checkpoint) {
        engine = TtsEngine.builder(checkpoint).threads(2).build();
    }

    void check(GoldenCase golden, Report report) throws IOException {
        SynthesisRequest request = request(golden);
        Speech speech = engine.speak(request);
        FinishReason expected = golden.output("end_reason").asText().equals("eos")
                ? FinishReason.END_OF_SPEECH
                : FinishReason.FRAME_LIMIT;
        report.equal("end_reason of speech", expected, speech.stats().reason());
        report.equal(
                "prompt positions",
                golden.output("prompt_positions").asInt(),
                speech.stats().promptTokens());
        report.close("pcm from text", golden.floats("pcm"), speech.audio().samples(), Tolerance.PCM);
        if (request.voice() instanceof Voice.Clip clip) {
            savedVoice(request, engine.prepare(clip), speech, report);
        }
    }

    /** A voice from its file speaks the very same samples. */
    private void savedVoice(SynthesisRequest request, Voice.Cloned voice, Speech expected, Report report)
            throws IOException {
        Path file = Files.createTempFile("golden", ".voice");
        try {
            voice.save(file);
            Speech again = engine.speak(request.withVoice(Voice.load(file)));
            report.close(
                    "pcm of saved voice",
                    expected.audio().samples(),
                    again.audio().samples(),
                    Tolerance.max(0));
        } finally {
            Files.delete(file);
        }
    }

    private SynthesisRequest request(GoldenCase golden) throws IOException {
        GenerationOptions options = engine.generationDefaults()
                .greedy()
                .withRepetitionPenalty(
                        (float) golden.input("repetition_penalty").asDouble())
                .withMaxNewTokens(golden.input("max_new_tokens").asInt());
        Voice voice = voice(golden);
        String instruct = text(golden, "instruct");
        boolean dropped =
                voice instanceof Voice.Designed || golden.output("token_ids").size() < 2;
        return SynthesisRequest.of(golden.input("text").asText(), voice)
                .withLanguage(Language.of(golden.input("language").asText()))
                .withInstruct(dropped || voice instanceof Voice.Clip ? "" : instruct)
                .withLayout(
                        golden.input("layout").asText().equals("streaming")
                                ? TextLayout.STREAMING
                                : TextLayout.NON_STREAMING)
                .withGeneration(options);
    }

    private Voice voice(GoldenCase golden) throws IOException {
        if (!text(golden, "speaker").isEmpty()) {
            return Voice.named(text(golden, "speaker"));
        }
        if (!text(golden, "mode").isEmpty()) {
            Voice.Clip clip = Voice.clone(clip(golden)).withAppendedSilenceMillis(0);
            return text(golden, "mode").equals("icl") ? clip.withTranscript(text(golden, "ref_text")) : clip;
        }
        boolean described = golden.path().startsWith("mini-voice-design")
                && !text(golden, "instruct").isEmpty();
        return described ? Voice.designed(text(golden, "instruct")) : Voice.any();
    }

    /** The file; where the original had to resample it, what its resampler made. */
    private static Pcm clip(GoldenCase golden) throws IOException {
        Pcm file = WavReader.read(golden.root().resolve("audio").resolve(text(golden, "ref_wav")));
        if (file.sampleRateHz() == 24_000) {
            return file;
        }
        GoldenCase reference = GoldenCase.read(golden.root(), text(golden, "reference_case"), "reference");
        return Pcm.mono(reference.floats("audio"), 24_000);
    }

    private static String text(GoldenCase golden, String input) {
        return golden.input(input).isTextual() ? golden.input(input).asText() : "";
    }

    @Override
    public void close() {
        engine.close();
    }
}
