package io.github.qwen3tts.examples;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.AudioReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Clones the voice of a clip into a voice file, which {@code speak --voice} speaks with. */
@Command(
        name = "clone",
        description = "Clones the voice of a clip, with a Base model, into a voice file for 'speak --voice'.",
        mixinStandardHelpOptions = true)
final class CloneVoice implements Callable<Integer> {

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR|NAME",
            description = "A Base checkpoint directory, or a name such as Qwen/Qwen3-TTS-12Hz-0.6B-Base.")
    private String model;

    @ArgGroup(multiplicity = "1")
    private Source source;

    private static final class Source {

        @Option(names = "--clip", required = true, description = "5 to 15 s of clean speech.")
        private Path clip;

        @ArgGroup(exclusive = false)
        private Imported imported;
    }

    private static final class Imported {

        @Option(names = "--spk", required = true, description = "Instead of a clip: a speaker vector of qwentts.cpp.")
        private Path spk;

        @Option(names = "--rvq", description = "The reference codes that go with it, and with --transcript.")
        private Path rvq;
    }

    @Option(
            names = "--transcript",
            defaultValue = "",
            description = "Every word of the clip: makes the nearest clone (default: the sound of the voice alone).")
    private String transcript;

    @Option(names = "--language", defaultValue = "auto", description = "Language of the clip, as a note in the file.")
    private String language;

    @Option(
            names = "--consent",
            required = true,
            description = "What the owner of the voice agreed to, as a note in the file: \"my own voice\".")
    private String consent;

    @Option(
            names = "--out",
            defaultValue = "cloned.voice",
            description = "Voice file to write (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Override
    public Integer call() throws IOException {
        try (TtsEngine engine =
                TtsEngine.builder(model).onProgress(ProgressBar.standard()).build()) {
            long began = System.nanoTime();
            ClonedVoice voice = source.clip == null ? imported(engine) : cloned(engine);
            double seconds = (System.nanoTime() - began) / 1e9;
            voice.warnings().forEach(warning -> System.err.println("warning: " + warning.text()));
            voice.save(out);
            System.err.printf(
                    Locale.ROOT,
                    "cloned in %.2f s, %d frames; wrote %s, %d bytes%n",
                    seconds,
                    voice.frames(),
                    out,
                    Files.size(out));
        }
        return 0;
    }

    private ClonedVoice cloned(TtsEngine engine) throws IOException {
        return engine.prepare(Voice.fromClip(AudioReader.read(source.clip))
                .withTranscript(transcript)
                .withLanguage(Language.of(language))
                .withConsent(consent));
    }

    private ClonedVoice imported(TtsEngine engine) {
        ClonedVoice voice = source.imported.rvq == null
                ? engine.importVoice(source.imported.spk)
                : engine.importVoice(source.imported.spk, source.imported.rvq, transcript);
        return voice.withLanguage(Language.of(language)).withConsent(consent);
    }
}
