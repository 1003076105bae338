package io.github.qwen3tts.api;

import io.github.qwen3tts.audio.AudioWriter;
import io.github.qwen3tts.audio.OutputFormat;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.stream.PcmInputStream;
import io.github.qwen3tts.internal.stream.QueuedStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/**
 * Delivers speech while it is synthesised. Read it once, on one thread: by iterating, by subscribing, or by one of the
 * adapters. Closing it early cancels the synthesis within one frame; {@link #close} may be called from any thread.
 *
 * @since 0.1.0
 */
public interface SpeechStream extends Iterable<AudioChunk>, AutoCloseable {

    /**
     * Makes a complete stream of given chunks, for tests of applications.
     *
     * @param chunks at least one, all of the same rate
     * @return the stream; its statistics report {@link FinishReason#END_OF_SPEECH} and the length
     * @throws InvalidRequestException if there is no chunk
     */
    static SpeechStream of(List<AudioChunk> chunks) {
        Check.argument(!chunks.isEmpty(), "a stream needs at least one chunk", "chunks", 0);
        double seconds = chunks.stream().mapToDouble(AudioChunk::seconds).sum();
        int frames = chunks.stream().mapToInt(AudioChunk::frames).sum();
        return of(chunks, SynthesisStats.of(FinishReason.END_OF_SPEECH, 0, frames, seconds));
    }

    /**
     * Makes a stream of given chunks and statistics, for tests of applications.
     *
     * @param chunks at least one, all of the same rate
     * @param stats  told when the chunks are read
     * @return the stream
     * @throws InvalidRequestException if there is no chunk
     */
    static SpeechStream of(List<AudioChunk> chunks, SynthesisStats stats) {
        Check.argument(!chunks.isEmpty(), "a stream needs at least one chunk", "chunks", 0);
        return QueuedStream.of(chunks, stats);
    }

    /**
     * Makes a stream that fails, for tests of applications.
     *
     * @param chunks       delivered before the failure; may be empty
     * @param sampleRateHz of the stream
     * @param failure      thrown on the reader's thread
     * @return the stream
     */
    static SpeechStream failing(List<AudioChunk> chunks, int sampleRateHz, TtsException failure) {
        return QueuedStream.failing(chunks, sampleRateHz, failure);
    }

    /**
     * Returns the sample rate of all chunks.
     *
     * @return 24000 for the released codec
     */
    int sampleRateHz();

    /**
     * Returns the chunks in order; waits for each. Ends normally only if the speech did: a failure is thrown on the
     * reader's thread, as is {@link SpeechCancelledException} if the stream is closed while it is read or the thread is
     * interrupted.
     *
     * @return the one iterator
     * @throws IllegalStateException if the stream is being read already
     */
    @Override
    Iterator<AudioChunk> iterator();

    /**
     * Returns the chunks as a publisher for one subscriber; further ones are told an {@link IllegalStateException}.
     * Signals come from a thread of the builder's executor (by default one of the subscription's own), as many chunks as
     * are requested; a slow subscriber delays nobody else. Cancelling the subscription closes the stream; closing the
     * stream is an error to its subscriber.
     *
     * @return the publisher
     */
    Flow.Publisher<AudioChunk> publisher();

    /**
     * Returns the statistics of the speech, once it is over: read to its end, or closed.
     *
     * @return the statistics
     * @throws TtsException          if the speech failed
     * @throws IllegalStateException if it is not over yet
     */
    SynthesisStats stats();

    /**
     * Writes the speech as encoded audio while it is synthesised, and closes this stream. Blocks until the speech is
     * over. Every chunk is flushed.
     *
     * @param out    stays the caller's to close
     * @param format of the bytes; all but {@link OutputFormat#WAV} and {@link OutputFormat#PCM} need FFmpeg
     * @return the statistics of the speech
     * @throws IOException  if {@code out} fails, which cancels the speech, or FFmpeg is missing
     * @throws TtsException if the speech fails or is cancelled: what was written is not a whole speech then
     */
    default SynthesisStats transferTo(OutputStream out, OutputFormat format) throws IOException {
        try (SpeechStream closing = this;
                AudioWriter writer = AudioWriter.stream(out, format, sampleRateHz())) {
            for (AudioChunk chunk : closing) {
                writer.write(chunk.samples());
            }
        }
        return stats();
    }

    /**
     * Returns the speech for Java Sound: 16-bit signed little-endian mono PCM, of unknown length. Reading waits for the
     * next chunk; closing it cancels the speech. A failure is an {@link IOException} with the {@link TtsException} as its
     * cause.
     *
     * @return the audio, to be closed by the caller
     */
    default AudioInputStream asAudioInputStream() {
        AudioFormat format = new AudioFormat(sampleRateHz(), Short.SIZE, 1, true, false);
        return new AudioInputStream(new PcmInputStream(this), format, AudioSystem.NOT_SPECIFIED);
    }

    /** Cancels the speech unless it is over. Chunks not read yet are dropped. A second call does nothing. */
    @Override
    void close();
}
