package io.github.qwen3tts.audio;

import io.github.qwen3tts.audio.internal.Pcm16;
import java.util.Objects;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.SourceDataLine;

/**
 * Plays mono audio on the default sound card. {@code write} blocks while a fifth of a second is queued; {@link #close}
 * plays that to its end, {@link #stop} drops it.
 */
public final class SoundCard implements AudioSink {

    private static final double BUFFER_SECONDS = 0.2;

    /** Where a line comes from. */
    interface Lines {

        /** A line for a format, not yet open. */
        SourceDataLine lineFor(AudioFormat format) throws LineUnavailableException;
    }

    private final SourceDataLine line;
    private final byte[] block;
    private volatile boolean closed;

    private SoundCard(SourceDataLine line) {
        this.line = line;
        this.block = new byte[line.getBufferSize()];
    }

    /**
     * Opens the default sound card.
     *
     * @param sampleRateHz samples per second, {@code >= 1}
     * @return the open card; whoever called closes it
     * @throws AudioDeviceException if there is none, it is in use, or it cannot play that rate
     */
    public static SoundCard open(int sampleRateHz) throws AudioDeviceException {
        return open(sampleRateHz, AudioSystem::getSourceDataLine);
    }

    static SoundCard open(int sampleRateHz, Lines lines) throws AudioDeviceException {
        if (sampleRateHz < 1) {
            throw new IllegalArgumentException("sampleRateHz must be >= 1: sampleRateHz=" + sampleRateHz);
        }
        AudioFormat format = new AudioFormat(sampleRateHz, Pcm16.BYTES * Byte.SIZE, 1, true, false);
        try {
            SourceDataLine line = lines.lineFor(format);
            line.open(format, (int) (BUFFER_SECONDS * sampleRateHz) * Pcm16.BYTES);
            line.start();
            return new SoundCard(line);
        } catch (LineUnavailableException | IllegalArgumentException | SecurityException e) {
            throw new AudioDeviceException(
                    "no sound card plays this: sampleRateHz=" + sampleRateHz + ", channels=1, bits=16, reason="
                            + e.getMessage() + "; attach or free one, or write a file instead",
                    e);
        }
    }

    @Override
    public void write(float[] samples, int from, int count) throws AudioDeviceException {
        Objects.checkFromIndexSize(from, count, samples.length);
        int blockSamples = block.length / Pcm16.BYTES;
        int end = from + count;
        for (int i = from; i < end; i += blockSamples) {
            int size = Math.min(blockSamples, end - i);
            Pcm16.encode(samples, i, size, block, 0);
            int bytes = size * Pcm16.BYTES;
            int taken = closed ? 0 : line.write(block, 0, bytes);
            if (taken < bytes) {
                throw new AudioDeviceException(
                        "sound card stopped taking audio: bytes=" + bytes + ", taken=" + taken
                                + (closed ? "; it was closed" : "; it may have been unplugged"),
                        null);
            }
        }
    }

    /** Falls silent at once, dropping what is queued, and lets go of the card. Any thread may call it. */
    public void stop() {
        if (!closed) {
            closed = true;
            line.stop();
            line.flush();
            line.close();
        }
    }

    /** Plays what is queued and lets go of the card. */
    @Override
    public void close() {
        if (!closed) {
            line.drain();
            stop();
        }
    }
}
