package io.github.qwen3tts.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.audio.AudioReader;
import io.github.qwen3tts.audio.OutputFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sound.sampled.AudioInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an application can do with speech, shown with streams of given chunks: no engine runs here. */
class SpeechSynthesizerTest {

    private static final int RATE = 24_000;
    private static final List<AudioChunk> CHUNKS =
            List.of(AudioChunk.of(new float[] {0, 0.5f}, RATE, 0, 1), AudioChunk.of(new float[] {-1, 1}, RATE, 1, 1));
    private static final byte[] PCM = {0, 0, 0, 0x40, 1, (byte) 0x80, (byte) 0xff, 0x7f};

    private final SpeechSynthesizer stub = request -> SpeechStream.of(CHUNKS);

    @Test
    void aFunctionIsEnoughOfASynthesizer() {
        Speech speech = stub.speak("Hello.");
        assertArrayEquals(new float[] {0, 0.5f, -1, 1}, speech.audio().samples());
        assertEquals(RATE, speech.audio().sampleRateHz());
        assertTrue(speech.isComplete());
        assertSame(speech, speech.requireComplete());
    }

    @Test
    void speechThatWasCutIsNotTakenForComplete() {
        SynthesisStats cut = SynthesisStats.of(FinishReason.FRAME_LIMIT, 1, 2, 0.16);
        SpeechSynthesizer limited = request -> SpeechStream.of(CHUNKS, cut);
        Speech speech = limited.speak("Hello.");
        assertFalse(speech.isComplete());
        String message = assertThrows(SpeechCancelledException.class, speech::requireComplete)
                .getMessage();
        assertTrue(message.contains("FRAME_LIMIT"), message);
    }

    @Test
    void savedSpeechReadsBack(@TempDir Path directory) throws IOException {
        stub.speak("Hello.").save(directory.resolve("hello.wav"));
        assertEquals(4, AudioReader.read(directory.resolve("hello.wav")).length());
        assertThrows(IOException.class, () -> stub.speak("Hello.").save(directory.resolve("hello.doc")));
    }

    @Test
    void transferWritesEveryChunkAndTellsTheStatistics() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SynthesisStats stats = SpeechStream.of(CHUNKS).transferTo(out, OutputFormat.PCM);
        assertArrayEquals(PCM, out.toByteArray());
        assertEquals(FinishReason.END_OF_SPEECH, stats.reason());
        assertEquals(2, stats.frames());
    }

    @Test
    void transferOfAFailedSpeechFailsAndClosesTheStream() {
        SpeechStream failing = SpeechStream.failing(CHUNKS, RATE, new DeviceException("broken"));
        assertThrows(
                DeviceException.class, () -> failing.transferTo(OutputStream.nullOutputStream(), OutputFormat.PCM));
    }

    @Test
    void transferToAStreamThatBreaksCancelsTheSpeech() {
        SpeechStream stream = SpeechStream.of(CHUNKS);
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("gone");
            }
        };
        assertThrows(IOException.class, () -> stream.transferTo(broken, OutputFormat.PCM));
        assertThrows(IllegalStateException.class, stream::iterator, "it was read");
    }

    @Test
    void javaSoundReadsLittleEndianPcmOfUnknownLength() throws IOException {
        try (AudioInputStream in = SpeechStream.of(CHUNKS).asAudioInputStream()) {
            assertEquals(RATE, in.getFormat().getSampleRate());
            assertFalse(in.getFormat().isBigEndian());
            assertArrayEquals(PCM, in.readAllBytes());
        }
    }

    @Test
    void javaSoundHearsOfAFailureAsAnIoException() throws IOException {
        SpeechStream failing = SpeechStream.failing(CHUNKS, RATE, new DeviceException("broken"));
        try (AudioInputStream in = failing.asAudioInputStream()) {
            IOException failure = assertThrows(IOException.class, in::readAllBytes);
            assertInstanceOf(DeviceException.class, failure.getCause());
        }
    }

    @Test
    void futureHoldsTheSpeechOrTheFailure() {
        assertEquals(
                4, stub.speakAsync(SynthesisRequest.of("Hello.")).join().audio().length());
        SpeechSynthesizer broken = request -> SpeechStream.failing(CHUNKS, RATE, new DeviceException("broken"));
        CompletableFuture<Speech> failing = broken.speakAsync(SynthesisRequest.of("Hello."));
        Throwable failure =
                assertThrows(CompletionException.class, failing::join).getCause();
        assertInstanceOf(DeviceException.class, failure);
    }

    /** A stream that blocks in {@code hasNext} until it is closed. */
    private static final class Endless implements SpeechStream {
        private final CountDownLatch reading = new CountDownLatch(1);
        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public int sampleRateHz() {
            return RATE;
        }

        @Override
        public Iterator<AudioChunk> iterator() {
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    reading.countDown();
                    try {
                        closed.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    throw new SpeechCancelledException("closed");
                }

                @Override
                public AudioChunk next() {
                    throw new AssertionError("there is no chunk");
                }
            };
        }

        @Override
        public Flow.Publisher<AudioChunk> publisher() {
            throw new AssertionError("nobody subscribes");
        }

        @Override
        public SynthesisStats stats() {
            throw new AssertionError("it never ends");
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    @Test
    void cancellingTheFutureClosesTheStream() throws InterruptedException {
        Endless endless = new Endless();
        SpeechSynthesizer slow = request -> endless;
        CompletableFuture<Speech> pending = slow.speakAsync(SynthesisRequest.of("Hello."));
        endless.reading.await();
        assertTrue(pending.cancel(true));
        endless.closed.await();
        assertTrue(pending.isCancelled());
    }

    @Test
    void aStreamIsReadOnceHoweverItIsRead() throws IOException {
        SpeechStream stream = SpeechStream.of(CHUNKS);
        AtomicInteger chunks = new AtomicInteger();
        stream.forEach(chunk -> chunks.incrementAndGet());
        assertEquals(2, chunks.get());
        assertThrows(IllegalStateException.class, stream::iterator);
        assertThrows(
                IllegalStateException.class,
                () -> stream.transferTo(OutputStream.nullOutputStream(), OutputFormat.PCM));
    }
}
