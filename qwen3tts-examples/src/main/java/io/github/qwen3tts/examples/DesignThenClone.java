package io.github.qwen3tts.examples;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.Speech;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.internal.wav.WavEncoding;
import io.github.qwen3tts.audio.internal.wav.WavWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Makes a voice up and keeps it. A designed voice comes out a little different with every text, so one good take is
 * cloned: from then on the voice stays the same, on the smaller Base model too.
 */
@Command(
        name = "design-clone",
        description = "Designs a voice with a VoiceDesign model, clones its best take, and speaks with a Base model.",
        mixinStandardHelpOptions = true)
final class DesignThenClone implements Callable<Integer> {

    private static final String SAMPLE =
            "When the rain had stopped, we opened all the windows and listened to the quiet street for a while.";

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR|NAME",
            description = "A Base checkpoint directory, or a name such as Qwen/Qwen3-TTS-12Hz-0.6B-Base.")
    private String base;

    @Option(names = "--design-model", required = true, description = "A VoiceDesign checkpoint directory or name.")
    private String designer;

    @Option(names = "--description", required = true, description = "The voice, in words.")
    private String description;

    @Option(names = "--sample", defaultValue = SAMPLE, description = "What the takes say (default: ${DEFAULT-VALUE})")
    private String sample;

    @Option(names = "--takes", defaultValue = "3", description = "Takes to choose from (default: ${DEFAULT-VALUE}).")
    private int takes;

    @Option(names = "--text", required = true, description = "What the kept voice speaks.")
    private String text;

    @Mixin
    private MaxDuration maxDuration;

    @Option(names = "--voice-out", defaultValue = "designed.voice", description = "Voice file to write.")
    private Path voiceOut;

    @Option(names = "--out", defaultValue = "designed.wav", description = "WAV file to write.")
    private Path out;

    @Override
    public Integer call() throws IOException {
        Speech take = bestTake();
        Voice.Clip clip = Voice.fromClip(take.audio(), sample).withConsent("designed by a model: nobody's voice");
        try (TtsEngine engine = open(base)) {
            engine.prepare(clip).save(voiceOut);
            Speech speech = engine.speak(request(text, Voice.load(voiceOut)));
            WavWriter.write(out, speech.audio(), WavEncoding.PCM16);
        }
        System.err.println("kept the take of seed " + take.stats().seed() + "; wrote " + voiceOut + " and " + out);
        return 0;
    }

    /** Of the takes that came to an end by themselves, the one of middle length: neither hasty nor lost. */
    private Speech bestTake() throws IOException {
        List<Speech> speeches = new ArrayList<>();
        try (TtsEngine engine = open(designer)) {
            for (long seed = 1; seed <= takes; seed++) {
                speeches.add(engine.speak(
                        request(sample, Voice.designed(description)).withSeed(seed)));
            }
        }
        speeches.sort(Comparator.comparing((Speech speech) -> speech.audio().length()));
        List<Speech> ended = speeches.stream()
                .filter(speech -> speech.stats().reason() == FinishReason.END_OF_SPEECH)
                .toList();
        List<Speech> candidates = ended.isEmpty() ? speeches : ended;
        return candidates.get(candidates.size() / 2);
    }

    private static TtsEngine open(String model) {
        return TtsEngine.builder(model).onProgress(ProgressBar.standard()).build();
    }

    private SynthesisRequest request(String words, Voice voice) {
        return maxDuration.limit(SynthesisRequest.of(words, voice));
    }
}
