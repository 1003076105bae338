package io.github.qwen3tts.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qwen3tts.audio.internal.ffmpeg.AudioCodec;
import io.github.qwen3tts.audio.internal.ffmpeg.Ffmpeg;
import io.github.qwen3tts.audio.internal.wav.WavEncoding;
import io.github.qwen3tts.audio.internal.wav.WavWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class AudioReaderTest {

    private static final float[] SAMPLES = {0f, 0.5f, -0.25f, 0.125f};

    @TempDir
    Path folder;

    @Test
    void readsWavByContentFromFileBytesAndStream() throws IOException {
        byte[] wav = WavWriter.toBytes(new Pcm(SAMPLES, 2, 16_000), WavEncoding.FLOAT32);
        Path file = Files.write(folder.resolve("misnamed.mp3"), wav);
        for (Pcm audio : List.of(
                AudioReader.read(file), AudioReader.read(wav), AudioReader.read(new ByteArrayInputStream(wav)))) {
            assertArrayEquals(SAMPLES, audio.samples());
            assertEquals(2, audio.channels());
            assertEquals(16_000, audio.sampleRateHz());
        }
    }

    @Test
    void readsCompressedAudioFromFileBytesAndStream() throws IOException {
        assumeTrue(Ffmpeg.missing().isEmpty());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (AudioSink sink = Ffmpeg.encode(AudioCodec.FLAC, 24_000, out)) {
            sink.write(new float[24_000]);
        }
        byte[] flac = out.toByteArray();
        Path file = Files.write(folder.resolve("misnamed.wav"), flac);
        for (Pcm audio : List.of(
                AudioReader.read(file), AudioReader.read(flac), AudioReader.read(new ByteArrayInputStream(flac)))) {
            assertEquals(24_000, audio.length());
        }
    }

    @Test
    void garbageIsTheTypedErrorWhereverItComesFrom() throws IOException {
        assumeTrue(Ffmpeg.missing().isEmpty());
        byte[] text = "this is not audio at all, only text".getBytes();
        Path file = Files.write(folder.resolve("a.wav"), text);
        String message = assertThrows(AudioFormatException.class, () -> AudioReader.read(file))
                .getMessage();
        assertTrue(message.contains("source=" + file), message);
        assertThrows(AudioFormatException.class, () -> AudioReader.read(text));
        assertThrows(AudioFormatException.class, () -> AudioReader.read(new ByteArrayInputStream(text)));
        assertThrows(AudioFormatException.class, () -> AudioReader.read(new byte[0]));
        assertThrows(NoSuchFileException.class, () -> AudioReader.read(folder.resolve("none")));
    }

    @Test
    void aDamagedWavIsNotTriedAgain() {
        byte[] wav = WavWriter.toBytes(Pcm.mono(SAMPLES, 16_000), WavEncoding.PCM16);
        byte[] cut = Arrays.copyOf(wav, wav.length - 2);
        String message = assertThrows(AudioFormatException.class, () -> AudioReader.read(cut))
                .getMessage();
        assertTrue(message.startsWith("WAV audio is cut short"), message);
    }

    /** What a program without the optional dependency sees, in a class loader that has everything but it. */
    @Test
    void withoutFfmpegWavStillReadsAndTheRestNamesTheDependency() throws Exception {
        byte[] wav = WavWriter.toBytes(Pcm.mono(SAMPLES, 16_000), WavEncoding.PCM16);
        URL classes = AudioReader.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader bare = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
            Class<?> reader = bare.loadClass(AudioReader.class.getName());
            assertNotSame(AudioReader.class, reader);
            Object audio = reader.getMethod("read", byte[].class).invoke(null, (Object) wav);
            assertEquals(4, audio.getClass().getMethod("length").invoke(audio));

            byte[] mp3 = {'I', 'D', '3', 4, 0, 0, 0, 0, 0, 0, 0, 0, 0};
            for (Object input :
                    new Object[] {mp3, new ByteArrayInputStream(mp3), Files.write(folder.resolve("a"), mp3)}) {
                Class<?> type =
                        input instanceof Path ? Path.class : input instanceof byte[] ? byte[].class : InputStream.class;
                Throwable e = thrownBy(() -> reader.getMethod("read", type).invoke(null, input));
                assertNamesTheDependency(e);
                assertTrue(e.getMessage().contains("start=ID3?"), e.getMessage());
            }

            Class<?> codec = bare.loadClass(AudioCodec.class.getName());
            Object flac = codec.getField("FLAC").get(null);
            Class<?> ffmpeg = bare.loadClass(Ffmpeg.class.getName());
            Throwable e = thrownBy(() -> ffmpeg.getMethod("encode", codec, int.class, OutputStream.class)
                    .invoke(null, flac, 24_000, new ByteArrayOutputStream()));
            assertNamesTheDependency(e);
        }
    }

    private static void assertNamesTheDependency(Throwable e) {
        assertEquals("FfmpegMissingException", e.getClass().getSimpleName());
        assertTrue(e instanceof IOException);
        for (String part : List.of("org.bytedeco:ffmpeg:7.1.1-1.5.12", "org.bytedeco:ffmpeg-platform:7.1.1-1.5.12")) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT).substring(0, 3);
        assertTrue(e.getMessage().contains("org.bytedeco:javacpp:1.5.12:" + os), e.getMessage());
    }

    private static Throwable thrownBy(Executable call) {
        return assertThrows(InvocationTargetException.class, call).getCause();
    }
}
