package io.github.qwen3tts.hearing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.ChunkSchedule;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.audio.Pcm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How well the demo voice is understood. Bounds are differences of word error rates on the same sentences by the same
 * seeds, so that neither the recogniser's errors nor the sentences' difficulty count: fp32 against the teacher, every
 * other path against fp32. {@code ./dev soak} speaks all sentences on all paths by three seeds.
 */
class DemoVoiceTest {

    private static final long[] SEEDS = DemoVoice.SOAK ? new long[] {0, 100, 200} : new long[] {0};

    private static final WordErrors TEACHER = WordErrors.sum(
            DemoVoice.SENTENCES.stream().map(HeldOutSentence::teacher).toList());
    private static final double FP32_OVER_TEACHER = 0.2;
    private static final double LOOSEST = 0.2;
    private static final float STREAMED_TOLERANCE = 1e-4f;

    @Test
    void fp32IsUnderstoodNearlyAsItsTeacher() {
        for (long seed : SEEDS) {
            assertSound(DemoVoice.fp32(seed));
            WordErrors fp32 = DemoVoice.errorsIn(DemoVoice.fp32Words(seed));
            assertNear("fp32", seed, fp32, TEACHER, FP32_OVER_TEACHER);
        }
    }

    @ParameterizedTest
    @CsvSource({"INT8, 12, 0.06", "INT4, 16, 0.2"})
    void quantisedPathsAreUnderstoodNearlyAsFp32(String precision, int sentences, double bound) {
        for (long seed : SEEDS) {
            List<Pcm> speech = DemoVoice.speak(
                    Precision.named(precision.toLowerCase(Locale.ROOT)),
                    TextLayout.MODEL_DEFAULT,
                    count(sentences),
                    seed);
            assertNearFp32(precision, seed, speech, bound);
        }
    }

    @ParameterizedTest
    @CsvSource({"mp3, 1, 6, 0.1", "opus, 1, 6, 0.1", "wav, 1.5, 6, 0.1"})
    void servedSpeechIsUnderstoodNearlyAsFp32(String format, double speed, int sentences, double bound)
            throws IOException, InterruptedException {
        for (long seed : SEEDS) {
            List<Pcm> speech = new ArrayList<>();
            try (ServedVoice server = ServedVoice.start()) {
                for (int i = 0; i < count(sentences); i++) {
                    speech.add(server.speak(DemoVoice.request(i, seed), format, speed));
                }
            }
            assertNearFp32(format + " x " + speed, seed, speech, bound);
        }
    }

    /** So the figures of whole speech are those of streamed speech, too. */
    @ParameterizedTest
    @ValueSource(strings = {"fp32", "int8", "int4"})
    void streamedSpeechIsTheWholeSpeech(String precision) {
        try (TtsEngine engine = DemoVoice.open(Precision.named(precision))) {
            for (int i = 0; i < count(2); i++) {
                SynthesisRequest request = DemoVoice.request(i, 0);
                float[] whole = engine.speak(request).audio().samples();
                for (ChunkSchedule chunks : List.of(ChunkSchedule.FIRST_AUDIO, ChunkSchedule.fixed(5))) {
                    assertArrayEquals(whole, streamed(engine, request.withChunks(chunks)), STREAMED_TOLERANCE);
                }
            }
        }
    }

    @Test
    void speechWithWordsCutOutIsNoticed() {
        List<Pcm> cut = new ArrayList<>();
        for (Pcm speech : DemoVoice.goodSpeech().subList(0, 8)) { // 0.8 of 2.7 seconds: two or three words of nine
            float[] samples = speech.samples();
            int from = samples.length / 2 - 9_600;
            float[] rest = Arrays.copyOf(samples, samples.length - 19_200);
            System.arraycopy(samples, from + 19_200, rest, from, rest.length - from);
            cut.add(Pcm.mono(rest, speech.sampleRateHz()));
        }
        WordErrors heard = DemoVoice.errorsIn(DemoVoice.recognizer().words(cut));
        WordErrors whole = DemoVoice.errorsIn(DemoVoice.goodWords().subList(0, cut.size()));
        assertTrue(heard.rate() > whole.rate() + LOOSEST, heard + " against " + whole);
    }

    private static float[] streamed(TtsEngine engine, SynthesisRequest request) {
        float[] all = new float[0];
        try (var stream = engine.stream(request)) {
            for (AudioChunk chunk : stream) {
                int length = all.length;
                all = Arrays.copyOf(all, length + chunk.samples().length);
                System.arraycopy(chunk.samples(), 0, all, length, chunk.samples().length);
            }
        }
        return all;
    }

    private static void assertNearFp32(String path, long seed, List<Pcm> speech, double bound) {
        assertSound(speech);
        WordErrors errors = DemoVoice.errorsIn(DemoVoice.recognizer().words(speech));
        WordErrors fp32 = DemoVoice.errorsIn(DemoVoice.fp32Words(seed).subList(0, speech.size()));
        assertNear(path, seed, errors, fp32, bound);
    }

    private static void assertNear(String path, long seed, WordErrors errors, WordErrors than, double bound) {
        String line = String.format(
                Locale.ROOT,
                "%-12s seed %3d: %s against %s, %+.3f of %+.3f",
                path,
                seed,
                errors,
                than,
                errors.rate() - than.rate(),
                bound);
        System.out.println(line);
        assertTrue(errors.rate() <= than.rate() + bound, line);
    }

    private static void assertSound(List<Pcm> speech) {
        for (int i = 0; i < speech.size(); i++) {
            assertEquals(
                    "",
                    SoundReport.of(speech.get(i)).complaint(),
                    DemoVoice.SENTENCES.get(i).text());
        }
    }

    private static int count(int sentences) {
        return DemoVoice.SOAK ? DemoVoice.SENTENCES.size() : sentences;
    }
}
