package io.github.qwen3tts.examples;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.files.AudioReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Clones the voice of a clip into a voice file, which {@code speak --voice} speaks with. */
@Command(
        name = "clone",
        description = "Clones the voice of a clip, with a Base model, into a voice file for 'speak --voice'.",
        mixinStandardHelpOptions = true)
final class CloneVoice implements Callable<Integer> {

    @Mixin
    private ModelOption model;

    @Option(names = "--clip", required = true, description = "5 to 15 s of clean speech.")
    private Path clip;

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
        Voice.Clip heard = Voice.clone(AudioReader.read(clip))
                .withTranscript(transcript)
                .withLanguage(Language.of(language))
                .withConsent(consent);
        try (TtsEngine engine = TtsEngine.open(model.directory())) {
            long began = System.nanoTime();
            Voice.Cloned voice = engine.prepare(heard);
            double seconds = (System.nanoTime() - began) / 1e9;
            voice.notes().warnings().forEach(warning -> System.err.println("warning: " + warning.text()));
            voice.save(out);
            System.err.printf(
                    Locale.ROOT,
                    "cloned %.1f s of speech in %.2f s, %d frames; wrote %s, %d bytes%n",
                    heard.audio().seconds(),
                    seconds,
                    voice.frames(),
                    out,
                    Files.size(out));
        }
        return 0;
    }
}
