package io.github.qwen3tts.examples;

import io.github.qwen3tts.audio.AudioSink;
import io.github.qwen3tts.audio.SoundCard;
import io.github.qwen3tts.audio.internal.wav.WavFormat;
import io.github.qwen3tts.audio.internal.wav.WavWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Has a running server speak, and plays it on the sound card as it arrives. */
@Command(
        name = "say",
        description = "Has a running server speak, and plays it while it arrives.",
        mixinStandardHelpOptions = true)
final class Say implements Callable<Integer> {

    @Option(names = "--server", defaultValue = "http://localhost:8000", description = "Default: ${DEFAULT-VALUE}.")
    private URI server;

    @Option(names = "--api-key", defaultValue = "none", description = "The server's, if it has one.")
    private String apiKey;

    @Option(names = "--text", required = true, description = "What to speak.")
    private String text;

    @Option(names = "--voice", defaultValue = "alloy", description = "A voice of the server (default: alloy).")
    private String voice;

    @Option(names = "--out", paramLabel = "FILE", description = "A WAV file to write instead of playing.")
    private Path out;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (AudioSink sink = out == null
                ? SoundCard.open(SpeechClient.SAMPLE_RATE_HZ)
                : WavWriter.create(out, WavFormat.pcm16(SpeechClient.SAMPLE_RATE_HZ))) {
            new SpeechClient(server, apiKey).speak(text, voice, sink);
        }
        return 0;
    }
}
