package io.github.qwen3tts.api;

import io.github.qwen3tts.audio.AudioWriter;
import io.github.qwen3tts.audio.OutputFormat;
import io.github.qwen3tts.audio.Pcm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A whole speech: its audio and its statistics. Immutable, as long as nobody writes to the samples.
 *
 * @since 0.1.0
 */
public final class Speech {

    private final Pcm audio;
    private final SynthesisStats stats;

    private Speech(Pcm audio, SynthesisStats stats) {
        this.audio = Objects.requireNonNull(audio, "audio");
        this.stats = Objects.requireNonNull(stats, "stats");
    }

    /**
     * Joins audio and statistics, for implementations of {@link SpeechSynthesizer} and tests.
     *
     * @param audio mono
     * @param stats of the speech
     * @return the speech
     */
    public static Speech of(Pcm audio, SynthesisStats stats) {
        return new Speech(audio, stats);
    }

    /**
     * Returns the audio.
     *
     * @return mono, 24 kHz for the released codec, samples in {@code [-1, 1]}
     */
    public Pcm audio() {
        return audio;
    }

    /**
     * Returns the statistics.
     *
     * @return why it ended, length, times, seed
     */
    public SynthesisStats stats() {
        return stats;
    }

    /**
     * Tells whether the model ended the speech itself. A speech that was cut may lack the end of its text.
     *
     * @return false if a limit or a cancellation cut it
     */
    public boolean isComplete() {
        return stats.reason() == FinishReason.END_OF_SPEECH;
    }

    /**
     * Returns this speech if it is complete.
     *
     * @return this
     * @throws SpeechCancelledException if a limit or a cancellation cut it; the message names the reason
     */
    public Speech requireComplete() {
        if (!isComplete()) {
            throw new SpeechCancelledException("the speech was cut before its end: reason=" + stats.reason()
                    + ", frames=" + stats.frames() + "; raise withMaxDuration, or split the text");
        }
        return this;
    }

    /**
     * Writes the audio into a file. The ending of the name gives the format: {@code wav} and {@code pcm} always work;
     * {@code mp3}, {@code opus}, {@code aac} and {@code flac} need {@code org.bytedeco:ffmpeg} on the class path.
     *
     * @param file to create or replace
     * @throws IOException if the ending is unknown, FFmpeg is missing, or the file cannot be written
     */
    public void save(Path file) throws IOException {
        try (AudioWriter writer = AudioWriter.create(file, OutputFormat.ofFile(file), audio.sampleRateHz())) {
            writer.write(audio.toMono().samples());
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Speech that && audio.equals(that.audio) && stats.equals(that.stats);
    }

    @Override
    public int hashCode() {
        return Objects.hash(audio, stats);
    }

    @Override
    public String toString() {
        return "Speech[" + stats + "]";
    }
}
