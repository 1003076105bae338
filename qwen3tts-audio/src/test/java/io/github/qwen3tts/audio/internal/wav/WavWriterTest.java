package io.github.qwen3tts.audio.internal.wav;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.audio.Pcm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WavWriterTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(WavEncoding.class)
    void whatIsWrittenIsReadBack(WavEncoding encoding) throws IOException {
        Pcm audio = noise(3, 9_001 * 3);
        Path file = folder.resolve("a.wav");
        WavWriter.write(file, audio, encoding);
        Pcm read = WavReader.read(file);
        assertEquals(3, read.channels());
        assertEquals(22_050, read.sampleRateHz());
        assertSame16Or32(encoding, audio.samples(), read.samples());
    }

    @ParameterizedTest
    @EnumSource(WavEncoding.class)
    void bytesFileAndStreamHoldTheSameAudio(WavEncoding encoding) throws IOException {
        Pcm audio = noise(2, 10_000);
        byte[] bytes = WavWriter.toBytes(audio, encoding);
        Path file = folder.resolve("a.wav");
        WavWriter.write(file, audio, encoding);
        assertArrayEquals(bytes, Files.readAllBytes(file));

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (WavWriter writer = WavWriter.stream(out, new WavFormat(22_050, 2, encoding))) {
            writer.write(audio.samples(), 0, 4_000);
            writer.write(audio.samples(), 4_000, 6_000);
        }
        assertEquals(-1, little(out.toByteArray()).getInt(4));
        assertEquals(-1, little(out.toByteArray()).getInt(40));
        assertArrayEquals(
                WavReader.read(bytes).samples(),
                WavReader.read(out.toByteArray()).samples());
    }

    @Test
    void closingPutsTheSizesIntoTheFile() throws IOException {
        Path file = folder.resolve("a.wav");
        try (WavWriter writer = WavWriter.create(file, WavFormat.pcm16(24_000))) {
            writer.write(new float[1_920]);
            assertEquals(-1, little(Files.readAllBytes(file)).getInt(40));
            assertEquals(1_920, WavReader.read(file).length());
            writer.write(new float[80]);
        }
        ByteBuffer bytes = little(Files.readAllBytes(file));
        assertEquals(44 + 4_000, bytes.limit());
        assertEquals(36 + 4_000, bytes.getInt(4));
        assertEquals(4_000, bytes.getInt(40));
    }

    @Test
    void replacesALongerFile() throws IOException {
        Path file = Files.write(folder.resolve("a.wav"), new byte[10_000]);
        WavWriter.write(file, Pcm.mono(new float[10], 24_000), WavEncoding.PCM16);
        assertEquals(64, Files.size(file));
    }

    @Test
    void aStreamGetsItsHeaderAtOnceAndStaysOpen() throws IOException {
        boolean[] closed = {false};
        ByteArrayOutputStream out = new ByteArrayOutputStream() {
            @Override
            public void close() {
                closed[0] = true;
            }
        };
        WavWriter writer = WavWriter.stream(out, WavFormat.float32(24_000));
        assertEquals(44, out.size());
        writer.close();
        writer.close();
        assertFalse(closed[0]);
        assertEquals(0, WavReader.read(out.toByteArray()).length());
    }

    @Test
    void refusesHalfFramesAndWritesAfterClose() throws IOException {
        WavWriter writer = WavWriter.stream(new ByteArrayOutputStream(), new WavFormat(24_000, 2, WavEncoding.PCM16));
        String message = assertThrows(IllegalArgumentException.class, () -> writer.write(new float[3]))
                .getMessage();
        assertTrue(message.contains("samples=3") && message.contains("channels=2"), message);
        writer.close();
        assertThrows(IOException.class, () -> writer.write(new float[2]));
    }

    @Test
    void refusesFormatsTheHeaderCannotHold() {
        assertThrows(IllegalArgumentException.class, () -> WavFormat.pcm16(0));
        assertThrows(IllegalArgumentException.class, () -> new WavFormat(24_000, 0, WavEncoding.PCM16));
        assertThrows(IllegalArgumentException.class, () -> new WavFormat(24_000, 20_000, WavEncoding.FLOAT32));
    }

    private static void assertSame16Or32(WavEncoding encoding, float[] written, float[] read) {
        // 16 bit: half a step of rounding, and what 32767 up and 32768 down take away
        assertArrayEquals(written, read, encoding == WavEncoding.FLOAT32 ? 0f : 0.5f / 32_768f + 1f / 32_768f);
    }

    private static Pcm noise(int channels, int samples) {
        Random random = new Random(7);
        float[] noise = new float[samples];
        for (int i = 0; i < samples; i++) {
            noise[i] = 2 * random.nextFloat() - 1;
        }
        return new Pcm(noise, channels, 22_050);
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
