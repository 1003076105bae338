package io.github.qwen3tts.audio.internal.wav;

import static io.github.qwen3tts.audio.internal.wav.WavBytes.FLOAT;
import static io.github.qwen3tts.audio.internal.wav.WavBytes.PCM;
import static io.github.qwen3tts.audio.internal.wav.WavBytes.samples;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.audio.AudioFormatException;
import io.github.qwen3tts.audio.Pcm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WavReaderTest {

    /** Values every encoding down to 8 bits holds exactly. */
    private static final float[] EIGHTHS = {0f, 0.5f, -0.5f, -1f, 0.984375f, -0.0078125f};

    @ParameterizedTest
    @CsvSource({"1,8", "1,16", "1,24", "1,32", "3,32", "3,64"})
    void readsEveryEncodingPlainAndExtensible(int tag, int bits) throws IOException {
        byte[] audio = samples(tag, bits, EIGHTHS);
        Pcm plain = WavReader.read(
                new WavBytes().format(tag, 1, 16_000, bits).chunk("data", audio).build());
        Pcm extensible = WavReader.read(new WavBytes()
                .extensible(tag, 3, 16_000, bits, bits)
                .chunk("data", audio)
                .build());
        assertArrayEquals(EIGHTHS, plain.samples());
        assertEquals(1, plain.channels());
        assertEquals(16_000, plain.sampleRateHz());
        assertArrayEquals(EIGHTHS, extensible.samples());
        assertEquals(3, extensible.channels());
    }

    @ParameterizedTest
    @CsvSource({"8,-1,-1", "16,-32768,-1", "16,32767,0.999969482421875", "24,-1,-1.1920928955078125E-7"})
    void dividesIntegersByHalfTheirRange(int bits, int value, float expected) throws IOException {
        byte[] bytes = WavBytes.little(4).putInt(bits == 8 ? 0 : value).array();
        byte[] file = new WavBytes()
                .format(PCM, 1, 8_000, bits)
                .chunk("data", Arrays.copyOf(bytes, bits / 8))
                .build();
        assertArrayEquals(new float[] {expected}, WavReader.read(file).samples());
    }

    @ParameterizedTest
    @CsvSource({"1,1000", "2,44100", "6,192000", "64,768000"})
    void readsAnyChannelCountAndRate(int channels, int rate) throws IOException {
        float[] expected = new float[channels * 37];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = i / 4096f;
        }
        byte[] file = new WavBytes()
                .format(PCM, channels, rate, 24)
                .chunk("data", samples(PCM, 24, expected))
                .build();
        Pcm audio = WavReader.read(file);
        assertArrayEquals(expected, audio.samples());
        assertEquals(37, audio.length());
        assertEquals(rate, audio.sampleRateHz());
    }

    @Test
    void readsAsManyValidBitsAsTheContainerHolds() throws IOException {
        byte[] file = new WavBytes()
                .extensible(PCM, 1, 48_000, 24, 20)
                .chunk("data", samples(PCM, 24, 0.25f, -0.75f))
                .build();
        assertArrayEquals(new float[] {0.25f, -0.75f}, WavReader.read(file).samples());
    }

    @Test
    void skipsUnknownChunksWithTheirPadding() throws IOException {
        byte[] file = new WavBytes()
                .chunk("LIST", new byte[7])
                .format(PCM, 1, 24_000, 16)
                .chunk("odd ", new byte[1])
                .chunk("fact", new byte[4])
                .chunk("data", samples(PCM, 16, 0.5f, 0.25f))
                .chunk("id3 ", new byte[9])
                .build();
        assertArrayEquals(new float[] {0.5f, 0.25f}, WavReader.read(file).samples());
    }

    @ParameterizedTest
    @CsvSource({"0,0", "-1,-1", "36,0", "2147483647,2147483611", "-1,0"})
    void readsToTheEndWhereTheHeaderDoesNotKnowTheLength(int riffSize, int dataSize) throws IOException {
        byte[] file = new WavBytes()
                .riffSize(riffSize)
                .format(PCM, 1, 24_000, 16)
                .chunk("data", dataSize, samples(PCM, 16, EIGHTHS))
                .build();
        assertArrayEquals(EIGHTHS, WavReader.read(file).samples());
    }

    @Test
    void emptyAudioBeforeOtherChunksStaysEmpty() throws IOException {
        byte[] file = new WavBytes()
                .format(PCM, 1, 24_000, 16)
                .chunk("data", new byte[0])
                .chunk("LIST", new byte[100])
                .build();
        assertEquals(0, WavReader.read(file).length());
    }

    @Test
    void readsTheSizeOfRf64FromItsOwnChunk() throws IOException {
        byte[] sizes = WavBytes.little(28).putLong(0).putLong(4).array();
        byte[] file = new WavBytes()
                .magic("RF64")
                .riffSize(-1)
                .chunk("ds64", sizes)
                .format(PCM, 1, 24_000, 16)
                .chunk("data", -1, samples(PCM, 16, 0.5f, 0.25f))
                .chunk("LIST", new byte[10])
                .build();
        assertArrayEquals(new float[] {0.5f, 0.25f}, WavReader.read(file).samples());
    }

    @Test
    void leavesOutALastFrameCutInTwo() throws IOException {
        byte[] file = new WavBytes()
                .format(PCM, 2, 24_000, 16)
                .chunk("data", samples(PCM, 16, 0.5f, 0.25f, 0.125f))
                .build();
        assertArrayEquals(new float[] {0.5f, 0.25f}, WavReader.read(file).samples());
    }

    @Test
    void readsFilesAndStreamsLikeBytes(@TempDir Path folder) throws IOException {
        float[] long1 = new float[100_003];
        for (int i = 0; i < long1.length; i++) {
            long1[i] = (i % 65_536 - 32_768) / 32_768f;
        }
        byte[] bytes = new WavBytes()
                .format(PCM, 1, 24_000, 16)
                .chunk("data", samples(PCM, 16, long1))
                .build();
        Path file = Files.write(folder.resolve("a.wav"), bytes);
        assertArrayEquals(long1, WavReader.read(bytes).samples());
        assertArrayEquals(long1, WavReader.read(file).samples());
        assertArrayEquals(long1, WavReader.read(oneByteAtATime(bytes)).samples());
    }

    @Test
    void leavesTheStreamOpenBehindTheAudio() throws IOException {
        byte[] bytes = new WavBytes()
                .format(PCM, 1, 24_000, 16)
                .chunk("data", samples(PCM, 16, 0.5f))
                .chunk("LIST", new byte[2])
                .build();
        boolean[] closed = {false};
        InputStream in = new ByteArrayInputStream(bytes) {
            @Override
            public void close() {
                closed[0] = true;
            }
        };
        WavReader.read(in);
        assertFalse(closed[0]);
        assertEquals('L', in.read());
    }

    @Test
    void namesTheFileAndWhatWasFoundInsteadOfAWav(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("song.mp3"), new byte[] {'I', 'D', '3', 3, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        String message = assertThrows(AudioFormatException.class, () -> WavReader.read(file))
                .getMessage();
        assertEquals("not a WAV file: source=" + file + ", expected=RIFF, actual=ID3?", message);
    }

    @Test
    void aMissingFileIsNotAFormatError(@TempDir Path folder) {
        assertThrows(NoSuchFileException.class, () -> WavReader.read(folder.resolve("none.wav")));
    }

    @Test
    void namesTheBytesThatAreMissing() {
        byte[] file = new WavBytes()
                .format(PCM, 1, 24_000, 16)
                .chunk("data", 1000, new byte[500])
                .build();
        assertEquals("WAV audio is cut short: source=bytes, expected=1000 bytes, actual=500 bytes", messageOf(file));
    }

    @Test
    void refusesCompressedWav() {
        byte[] file = new WavBytes()
                .format(0x55, 1, 24_000, 16)
                .chunk("data", new byte[4])
                .build();
        assertContains(messageOf(file), "WAV encoding is not supported", "format 85 of 16 bits");
    }

    @Test
    void refusesFramesThatDoNotFitTheChannels() {
        byte[] file = new WavBytes()
                .format(PCM, 0, 24_000, 16)
                .chunk("data", new byte[4])
                .build();
        assertContains(messageOf(file), "channels 0, frame of 0 bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 999, 768_001, -1})
    void refusesRatesNobodyMeans(int rate) {
        byte[] file = new WavBytes()
                .format(PCM, 1, rate, 16)
                .chunk("data", new byte[4])
                .build();
        assertContains(messageOf(file), "[1000, 768000] Hz", "actual=" + Integer.toUnsignedString(rate) + " Hz");
    }

    @Test
    void refusesUnknownSubformats() {
        byte[] file = new WavBytes()
                .extensible(PCM, 1, 24_000, 16, 16)
                .chunk("data", new byte[4])
                .build();
        file[20 + 39] ^= 1;
        assertContains(messageOf(file), "extensible", "actual=0100000000001000800000aa00389b70");
    }

    @Test
    void refusesAudioBeforeItsFormat() {
        byte[] file = new WavBytes().chunk("data", new byte[4]).build();
        assertContains(messageOf(file), "out of order");
    }

    @Test
    void refusesFloatsThatAreNoNumbers() {
        byte[] file = new WavBytes()
                .format(FLOAT, 1, 24_000, 32)
                .chunk("data", samples(FLOAT, 32, 0f, Float.NaN))
                .build();
        assertContains(messageOf(file), "no finite number", "NaN");
        byte[] tooLarge = new WavBytes()
                .format(FLOAT, 1, 24_000, 64)
                .chunk("data", WavBytes.little(8).putDouble(1e300).array())
                .build();
        assertContains(messageOf(tooLarge), "no finite number");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 11, 12, 19, 20, 35, 36, 43})
    void namesWhatIsMissingInAFileCutAnywhere(int bytes) {
        byte[] file = new WavBytes()
                .format(PCM, 1, 24_000, 16)
                .chunk("data", new byte[4])
                .build();
        assertContains(messageOf(Arrays.copyOf(file, bytes)), "WAV ends early");
    }

    private static String messageOf(byte[] file) {
        return assertThrows(AudioFormatException.class, () -> WavReader.read(file))
                .getMessage();
    }

    private static void assertContains(String message, String... parts) {
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    private static InputStream oneByteAtATime(byte[] bytes) {
        return new InputStream() {
            private int next;

            @Override
            public int read() {
                return next < bytes.length ? bytes[next++] & 0xff : -1;
            }

            @Override
            public int read(byte[] b, int off, int len) {
                int value = len == 0 ? 0 : read();
                if (value < 0) {
                    return -1;
                }
                if (len > 0) {
                    b[off] = (byte) value;
                }
                return Math.min(1, len);
            }
        };
    }
}
