package io.github.qwen3tts.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AudioWriterTest {

    private static final int RATE = 24_000;

    @TempDir
    private Path directory;

    private static float[] tone() {
        float[] samples = new float[RATE];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (0.5 * Math.sin(2 * Math.PI * 440 * i / RATE));
        }
        return samples;
    }

    @ParameterizedTest
    @EnumSource(value = OutputFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "PCM")
    void fileOfEveryFormatReadsBackWithItsLength(OutputFormat format) throws IOException {
        assumeTrue(format.missing().isEmpty(), "FFmpeg has no natives here");
        Path file = directory.resolve("tone." + format);
        assertEquals(format, OutputFormat.ofFile(file));
        try (AudioWriter writer = AudioWriter.create(file, format, RATE)) {
            writer.write(tone());
        }
        assertEquals(1, AudioReader.read(file).seconds(), 0.1);
    }

    @Test
    void pcmIsBareLittleEndianIntegers() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (AudioWriter writer = AudioWriter.stream(out, OutputFormat.PCM, RATE)) {
            writer.write(new float[] {0, 1, -1});
        }
        assertArrayEquals(new byte[] {0, 0, (byte) 0xff, 0x7f, 1, (byte) 0x80}, out.toByteArray());
    }

    @Test
    void streamStaysTheCallersToClose() throws IOException {
        boolean[] closed = {false};
        OutputStream out = new OutputStream() {
            @Override
            public void write(int value) {}

            @Override
            public void close() {
                closed[0] = true;
            }
        };
        AudioWriter.stream(out, OutputFormat.WAV, RATE).close();
        assertTrue(!closed[0], "closed a stream it did not open");
    }

    @Test
    void endingsGiveTheFormatInAnyCase() throws IOException {
        assertEquals(OutputFormat.MP3, OutputFormat.ofFile(Path.of("A.B.MP3")));
        assertEquals(OutputFormat.OPUS, OutputFormat.ofFile(Path.of("a.ogg")));
        assertEquals(OutputFormat.PCM, OutputFormat.ofFile(Path.of("a.raw")));
    }

    @Test
    void unknownEndingIsRefusedWithThoseKnownAndNoFileIsMade() {
        Path file = directory.resolve("a.doc");
        String message = assertThrows(AudioFormatException.class, () -> OutputFormat.ofFile(file))
                .getMessage();
        assertTrue(message.contains("a.doc") && message.contains("wav, pcm, mp3, opus, aac, flac"), message);
        assertThrows(AudioFormatException.class, () -> OutputFormat.ofFile(Path.of("noending")));
        assertTrue(Files.notExists(file));
    }
}
