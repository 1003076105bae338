package io.github.qwen3tts.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.audio.internal.Pcm16;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.SourceDataLine;
import org.junit.jupiter.api.Test;

class SoundCardTest {

    @Test
    void playsMono16BitAtTheRateGiven() throws AudioDeviceException {
        Line line = new Line();
        SoundCard.open(24_000, line::lineFor).close();
        AudioFormat format = line.opened;
        assertEquals(24_000, format.getSampleRate());
        assertEquals(1, format.getChannels());
        assertEquals(16, format.getSampleSizeInBits());
        assertEquals(AudioFormat.Encoding.PCM_SIGNED, format.getEncoding());
        assertEquals(false, format.isBigEndian());
    }

    @Test
    void handsEverySampleToTheLineAndDrainsIt() throws AudioDeviceException {
        Line line = new Line();
        float[] samples = new float[10_000];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) Math.sin(i);
        }
        try (SoundCard card = SoundCard.open(24_000, line::lineFor)) {
            card.write(samples, 1, 9_999);
        }
        byte[] expected = new byte[2 * 9_999];
        Pcm16.encode(samples, 1, 9_999, expected, 0);
        assertArrayEquals(expected, line.played.toByteArray());
        assertEquals(List.of("start", "drain", "stop", "flush", "close"), line.calls);
    }

    @Test
    void stopDropsWhatIsQueuedAndEndsTheCard() throws AudioDeviceException {
        Line line = new Line();
        SoundCard card = SoundCard.open(24_000, line::lineFor);
        card.stop();
        card.stop();
        card.close();
        assertEquals(List.of("start", "stop", "flush", "close"), line.calls);
        assertThrows(AudioDeviceException.class, () -> card.write(new float[10]));
    }

    @Test
    void aLineThatTakesLessHasFailed() throws AudioDeviceException {
        Line line = new Line();
        SoundCard card = SoundCard.open(24_000, line::lineFor);
        line.capacity = 100;
        String message = assertThrows(AudioDeviceException.class, () -> card.write(new float[100]))
                .getMessage();
        assertTrue(message.contains("bytes=200, taken=100"), message);
    }

    @Test
    void saysWhatIsMissingWhereThereIsNoLine() {
        String none = assertThrows(
                        AudioDeviceException.class,
                        () -> SoundCard.open(24_000, format -> {
                            throw new IllegalArgumentException("No line matching");
                        }))
                .getMessage();
        assertTrue(none.contains("sampleRateHz=24000") && none.contains("reason=No line matching"), none);
        String busy = assertThrows(
                        AudioDeviceException.class,
                        () -> SoundCard.open(24_000, format -> {
                            throw new LineUnavailableException("in use");
                        }))
                .getMessage();
        assertTrue(busy.contains("reason=in use") && busy.contains("write a file instead"), busy);
    }

    @Test
    void theMachinesOwnCardOpensOrSaysWhyNot() {
        try {
            SoundCard.open(24_000).stop();
        } catch (AudioDeviceException e) {
            assertTrue(e.getMessage().startsWith("no sound card plays this: sampleRateHz=24000"), e.getMessage());
        }
    }

    @Test
    void refusesRatesThatAreNone() {
        assertThrows(IllegalArgumentException.class, () -> SoundCard.open(0));
    }

    /** A line that remembers. */
    private static final class Line {

        final ByteArrayOutputStream played = new ByteArrayOutputStream();
        final List<String> calls = new ArrayList<>();
        AudioFormat opened;
        int capacity = Integer.MAX_VALUE;

        SourceDataLine lineFor(AudioFormat format) {
            Class<?>[] type = {SourceDataLine.class};
            return (SourceDataLine) Proxy.newProxyInstance(type[0].getClassLoader(), type, (proxy, method, args) -> {
                switch (method.getName()) {
                    case "open" -> opened = (AudioFormat) args[0];
                    case "getBufferSize" -> {
                        return 960;
                    }
                    case "write" -> {
                        int taken = Math.min(capacity, (int) args[2]);
                        played.write((byte[]) args[0], (int) args[1], taken);
                        return taken;
                    }
                    default -> calls.add(method.getName());
                }
                return null;
            });
        }
    }
}
