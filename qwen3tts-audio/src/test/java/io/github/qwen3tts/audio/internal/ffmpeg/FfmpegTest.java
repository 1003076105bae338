package io.github.qwen3tts.audio.internal.ffmpeg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qwen3tts.audio.AudioFormatException;
import io.github.qwen3tts.audio.AudioSink;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.Soak;
import io.github.qwen3tts.audio.internal.Pcm16;
import io.github.qwen3tts.audio.internal.dsp.Resampler;
import io.github.qwen3tts.audio.internal.wav.WavEncoding;
import io.github.qwen3tts.audio.internal.wav.WavWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FfmpegTest {

    private static final int RATE = 24_000;
    private static final long PLENTY = 1 << 24;
    private static final long FUZZ_SEED = Soak.seed(42);

    @BeforeEach
    void nativesOfThisMachineAreOnTheClassPath() {
        assumeTrue(Ffmpeg.missing().isEmpty(), () -> Ffmpeg.missing().get());
    }

    /** Signal to difference after undoing codec delay: what each format keeps of a voiced sound, with a margin. */
    @ParameterizedTest
    @CsvSource({"FLAC,24000,80", "MP3,24000,22", "AAC,24000,20", "OPUS,24000,20", "MP3,44100,22", "AAC,11000,20"})
    void whatIsEncodedIsDecoded(AudioCodec codec, int rate, double minSnr) throws IOException {
        float[] voice = voice(rate, 2 * rate);
        byte[] bytes = encoded(codec, voice, rate, 1_920);
        Pcm decoded = Ffmpeg.decode(bytes, PLENTY);
        assertEquals(1, decoded.channels());
        float[] again = Resampler.resample(decoded, rate).samples();
        double snr = alignedSnr(voice, again);
        System.out.printf("%s at %d Hz: %d bytes for 2 s, %.1f dB%n", codec, rate, bytes.length, snr);
        assertTrue(snr >= minSnr, codec + ": " + snr + " dB");
    }

    @Test
    void flacKeepsEveryBitOfPcm16() throws IOException {
        float[] voice = voice(RATE, 30_001);
        Pcm decoded = Ffmpeg.decode(encoded(AudioCodec.FLAC, voice, RATE, 777), PLENTY);
        byte[] before = new byte[2 * voice.length];
        Pcm16.encode(voice, 0, voice.length, before, 0);
        float[] expected = new float[voice.length];
        Pcm16.decode(before, 0, voice.length, expected, 0);
        assertArrayEquals(expected, decoded.samples());
        assertEquals(RATE, decoded.sampleRateHz());
    }

    @ParameterizedTest
    @EnumSource(AudioCodec.class)
    void packetsComeOutWhileAudioGoesIn(AudioCodec codec) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (AudioSink sink = Ffmpeg.encode(codec, RATE, out)) {
            sink.write(voice(RATE, RATE / 5));
            int afterFifth = out.size();
            Pcm heard = Ffmpeg.decode(out.toByteArray(), PLENTY);
            assertTrue(heard.seconds() > 0.08, codec + " gave " + heard.seconds() + " s of 0.2 s");
            sink.write(voice(RATE, RATE / 5));
            assertTrue(out.size() > afterFifth);
        }
    }

    @ParameterizedTest
    @EnumSource(AudioCodec.class)
    void cuttingTheInputElsewhereChangesNoSample(AudioCodec codec) throws IOException {
        float[] voice = voice(RATE, RATE);
        float[] large = Ffmpeg.decode(encoded(codec, voice, RATE, RATE), PLENTY).samples();
        float[] small = Ffmpeg.decode(encoded(codec, voice, RATE, 333), PLENTY).samples();
        assertArrayEquals(large, small);
    }

    @ParameterizedTest
    @EnumSource(AudioCodec.class)
    void aStreamWithoutAudioEndsCleanly(AudioCodec codec) throws IOException {
        Closing out = new Closing();
        AudioSink sink = Ffmpeg.encode(codec, RATE, out);
        sink.close();
        sink.close();
        assertEquals(0, out.closes);
        assertThrows(IOException.class, () -> sink.write(new float[10]));
    }

    @ParameterizedTest
    @EnumSource(AudioCodec.class)
    void samplesThatAreNoNumbersBecomeSilence(AudioCodec codec) throws IOException {
        float[] bad = new float[RATE];
        Arrays.fill(bad, 100, 200, Float.NaN);
        Arrays.fill(bad, 5_000, 5_100, Float.POSITIVE_INFINITY);
        float[] decoded = Ffmpeg.decode(encoded(codec, bad, RATE, RATE), PLENTY).samples();
        assertTrue(decoded.length >= RATE);
    }

    @Test
    void theCallersOwnExceptionComesBack() throws IOException {
        IOException gone = new IOException("client gone");
        OutputStream broken = new OutputStream() {
            private int left = 1_000;

            @Override
            public void write(int b) throws IOException {
                if (--left < 0) {
                    throw gone;
                }
            }
        };
        AudioSink sink = Ffmpeg.encode(AudioCodec.MP3, RATE, broken);
        assertSame(gone, assertThrows(IOException.class, () -> sink.write(voice(RATE, 5 * RATE))));
        assertSame(gone, assertThrows(IOException.class, sink::close));
    }

    @Test
    void moreStreamsRunAtOnceThanJavacppHasCallbacks() throws IOException {
        List<ByteArrayOutputStream> outs = new ArrayList<>();
        List<AudioSink> sinks = new ArrayList<>();
        float[] voice = voice(RATE, RATE);
        for (int i = 0; i < 40; i++) {
            outs.add(new ByteArrayOutputStream());
            sinks.add(Ffmpeg.encode(AudioCodec.FLAC, RATE, outs.get(i)));
        }
        for (int i = 0; i < 40; i++) {
            sinks.get(i).write(voice, 0, 480 * (i + 1));
        }
        for (int i = 0; i < 40; i++) {
            sinks.get(i).close();
            assertEquals(
                    480 * (i + 1),
                    Ffmpeg.decode(outs.get(i).toByteArray(), PLENTY).length());
        }
    }

    @Test
    void readsAnMp4WhoseIndexIsAtItsEnd(@TempDir Path folder) throws IOException {
        byte[] bytes = resource("tone_stereo_44k.m4a");
        Path file = Files.write(folder.resolve("a.bin"), bytes);
        Pcm fromBytes = Ffmpeg.decode(bytes, PLENTY);
        Pcm fromFile = Ffmpeg.decode(file, PLENTY);
        assertEquals(2, fromBytes.channels());
        assertEquals(44_100, fromBytes.sampleRateHz());
        assertArrayEquals(fromBytes.samples(), fromFile.samples());
        float[] left = new float[fromBytes.length()];
        for (int i = 0; i < left.length; i++) {
            left[i] = fromBytes.samples()[2 * i];
            assertEquals(0, fromBytes.samples()[2 * i + 1], 0.01, "the right channel is silent");
        }
        double snr = alignedSnr(sine(440, 44_100, 44_100 / 4), left);
        assertTrue(snr > 20, snr + " dB");
    }

    @Test
    void readsContainersWeDoNotWrite() throws IOException {
        float[] voice = voice(48_000, 48_000);
        for (EncoderSettings settings : List.of(
                new EncoderSettings("libopus", "webm", 48_000, 0, 64_000, Map.of("live", "1")),
                new EncoderSettings("aac", "mp4", 48_000, 0, 96_000, Map.of("movflags", "empty_moov+frag_keyframe")))) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (AudioSink sink = Encoder.open(settings, 48_000, out)) {
                sink.write(voice);
            }
            Pcm decoded = Ffmpeg.decode(out.toByteArray(), PLENTY);
            double snr = alignedSnr(voice, decoded.samples());
            assertTrue(snr > 15, settings + ": " + snr + " dB");
        }
    }

    @Test
    void refusesMoreSamplesThanAllowed() throws IOException {
        byte[] flac = encoded(AudioCodec.FLAC, new float[10 * RATE], RATE, RATE);
        assertTrue(flac.length < 10_000, "silence packs " + flac.length);
        String message = assertThrows(AudioFormatException.class, () -> Ffmpeg.decode(flac, 5 * RATE))
                .getMessage();
        assertEquals("audio is too long: source=bytes, expected=<= 120000 samples, actual=more", message);
        assertEquals(10 * RATE, Ffmpeg.decode(flac, 10 * RATE).length());
    }

    @Test
    void readsWavThroughFfmpegAsWeDo() throws IOException {
        float[] voice = voice(RATE, RATE);
        byte[] wav = WavWriter.toBytes(Pcm.mono(voice, RATE), WavEncoding.FLOAT32);
        assertArrayEquals(voice, Ffmpeg.decode(wav, PLENTY).samples());
    }

    @Test
    void playlistsAndPicturesAreNoAudio() {
        String playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n";
        assertRefused(playlist.getBytes());
        assertRefused("ffconcat version 1.0\nfile /etc/hostname\n".getBytes());
        assertRefused(new byte[0]);
        assertRefused(new byte[100_000]);
        byte[] noise = new byte[100_000];
        new Random(1).nextBytes(noise);
        assertRefused(noise);
    }

    @Test
    void aMissingFileIsNotAFormatError(@TempDir Path folder) {
        assertThrows(NoSuchFileException.class, () -> Ffmpeg.decode(folder.resolve("none.mp3"), PLENTY));
    }

    @Test
    void mutatedFilesGiveAudioOrTheTypedError() throws IOException {
        Random random = new Random(FUZZ_SEED);
        List<byte[]> originals = new ArrayList<>();
        for (AudioCodec codec : AudioCodec.values()) {
            originals.add(encoded(codec, voice(RATE, RATE / 2), RATE, RATE));
        }
        originals.add(resource("tone_stereo_44k.m4a"));
        int[] outcomes = new int[2];
        for (int i = 0; i < Soak.cases(250); i++) {
            byte[] file = originals.get(i % originals.size()).clone();
            for (int edits = 1 + random.nextInt(8); edits > 0; edits--) {
                int at = random.nextInt(random.nextBoolean() ? Math.min(200, file.length) : file.length);
                file[at] = (byte) (random.nextBoolean() ? file[at] ^ 1 << random.nextInt(8) : random.nextInt());
            }
            if (random.nextInt(4) == 0) {
                file = Arrays.copyOf(file, random.nextInt(file.length));
            }
            try {
                assertTrue(Ffmpeg.decode(file, PLENTY).length() > 0);
                outcomes[0]++;
            } catch (AudioFormatException e) {
                assertTrue(e.getMessage().matches("(?s).+: source=bytes, expected=.+, actual=.+"), e.getMessage());
                outcomes[1]++;
            }
        }
        assertTrue(outcomes[0] > 20 && outcomes[1] > 20, Arrays.toString(outcomes));
    }

    @Test
    void namesTheEncoderOrOptionThisBuildLacks() {
        OutputStream nowhere = OutputStream.nullOutputStream();
        EncoderSettings encoder = new EncoderSettings("nosuch", "mp3", RATE, 0, 64_000, Map.of());
        EncoderSettings muxer = new EncoderSettings("aac", "nosuch", RATE, 0, 64_000, Map.of());
        EncoderSettings option = new EncoderSettings("aac", "adts", RATE, 0, 64_000, Map.of("nosuch", "1"));
        for (EncoderSettings settings : List.of(encoder, muxer, option)) {
            String message = assertThrows(IOException.class, () -> Encoder.open(settings, RATE, nowhere))
                    .getMessage();
            assertTrue(message.contains("nosuch"), message);
        }
    }

    @Test
    void refusesRatesNoEncoderMeans() {
        OutputStream nowhere = OutputStream.nullOutputStream();
        assertThrows(IllegalArgumentException.class, () -> Ffmpeg.encode(AudioCodec.FLAC, 0, nowhere));
        assertThrows(IllegalArgumentException.class, () -> Ffmpeg.encode(AudioCodec.MP3, RATE, 0, nowhere));
        assertThrows(IllegalArgumentException.class, () -> Ffmpeg.decode(new byte[10], 0));
    }

    @Test
    void theVersionNamedInErrorsIsTheOneOnTheClassPath() throws IOException {
        assertEquals(Ffmpeg.VERSION, Loader.getVersion("org.bytedeco", "ffmpeg"));
    }

    private static void assertRefused(byte[] bytes) {
        assertThrows(AudioFormatException.class, () -> Ffmpeg.decode(bytes, PLENTY));
    }

    private static byte[] encoded(AudioCodec codec, float[] samples, int rate, int chunk) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (AudioSink sink = Ffmpeg.encode(codec, rate, out)) {
            for (int i = 0; i < samples.length; i += chunk) {
                sink.write(samples, i, Math.min(chunk, samples.length - i));
            }
        }
        return out.toByteArray();
    }

    /** A gliding tone with overtones, as a voice has them, fading in and out so that no codec hears a click. */
    private static float[] voice(int rate, int length) {
        float[] samples = new float[length];
        double phase = 0;
        for (int i = 0; i < length; i++) {
            double t = (double) i / rate;
            phase += 2 * Math.PI * (140 + 30 * Math.sin(5 * t)) / rate;
            double sum = 0;
            for (int overtone = 1; overtone <= 12; overtone++) {
                sum += Math.sin(overtone * phase) / overtone;
            }
            samples[i] = (float) (0.2 * sum * Math.sin(Math.PI * (i + 0.5) / length));
        }
        return samples;
    }

    private static float[] sine(double hz, int rate, int length) {
        float[] samples = new float[length];
        for (int i = 0; i < length; i++) {
            samples[i] = (float) (0.5 * Math.sin(2 * Math.PI * hz * i / rate));
        }
        return samples;
    }

    /** The best signal to difference over delays of up to 3000 samples, the first and last tenth left out. */
    private static double alignedSnr(float[] expected, float[] actual) {
        int from = expected.length / 10;
        int to = expected.length - from;
        double best = Double.NEGATIVE_INFINITY;
        for (int delay = 0; delay <= 3_000; delay++) {
            double signal = 0;
            double difference = 0;
            for (int i = from; i < to && i + delay < actual.length; i += 7) { // every seventh is enough to tell
                double d = expected[i] - actual[i + delay];
                signal += expected[i] * expected[i];
                difference += d * d;
            }
            best = Math.max(best, 10 * Math.log10(signal / Math.max(difference, 1e-20)));
        }
        return best;
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = FfmpegTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    private static final class Closing extends ByteArrayOutputStream {
        int closes;

        @Override
        public void close() {
            closes++;
        }
    }
}
