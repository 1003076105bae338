package io.github.qwen3tts.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.audio.Pcm;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class VoiceTest {

    private static final int RATE = 8000;

    @Test
    void cleanClipComesWithoutWarnings() {
        assertEquals(List.of(), Voice.fromClip(tone(5, 0.5f), "Hello.").warnings());
        assertEquals(List.of(), Voice.fromClip(tone(5, 1f)).warnings(), "a peak that touches full scale");
    }

    @Test
    void clipsThatCloneBadlyAreNamed() {
        assertEquals(
                List.of(Warning.REFERENCE_SHORT),
                Voice.fromClip(tone(0.9, 0.5f)).warnings());
        assertEquals(
                List.of(Warning.REFERENCE_LONG),
                Voice.fromClip(tone(30.1, 0.5f)).warnings());
        assertEquals(
                List.of(Warning.REFERENCE_QUIET),
                Voice.fromClip(tone(5, 0.009f)).warnings());
        assertEquals(
                List.of(Warning.REFERENCE_CLIPPED),
                Voice.fromClip(tone(5, 1.5f)).warnings());
    }

    @Test
    void clippingOfOneChannelIsHeard() {
        float[] loud = tone(5, 1.5f).samples();
        float[] stereo = new float[2 * loud.length];
        for (int i = 0; i < loud.length; i++) {
            stereo[2 * i + 1] = loud[i];
        }
        assertEquals(
                List.of(Warning.REFERENCE_CLIPPED),
                Voice.fromClip(new Pcm(stereo, 2, RATE)).warnings());
    }

    @Test
    void clipsNothingCanBeClonedFromAreRefusedWithTheNumbers() {
        assertRefused("reference clip is silent: peak=8.99", tone(5, 0.0009f));
        assertRefused("reference clip is silent: peak=0.0", Pcm.mono(new float[0], RATE));
        assertRefused(
                "too long; cut it and its transcript to 5 to 15 s: seconds=121.0, maxSeconds=120", tone(121, 0.5f));
        Pcm broken = tone(5, 0.5f);
        broken.samples()[77] = Float.NaN;
        assertRefused("samples must be finite: sample=NaN, index=77", broken);
    }

    private static void assertRefused(String why, Pcm clip) {
        String message = assertThrows(InvalidRequestException.class, () -> Voice.fromClip(clip))
                .getMessage();
        assertTrue(message.contains(why), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t"})
    void transcriptMustHaveWords(String blank) {
        Pcm clip = tone(5, 0.5f);
        assertThrows(InvalidRequestException.class, () -> Voice.fromClip(clip, blank));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 5001})
    void appendedSilenceIsAtMostFiveSeconds(int millis) {
        Voice.Clip clip = Voice.fromClip(tone(5, 0.5f));
        assertEquals(Duration.ofMillis(500), clip.appendedSilence());
        assertThrows(InvalidRequestException.class, () -> clip.withAppendedSilence(Duration.ofMillis(millis)));
    }

    @Test
    void clonedVoicesAreEqualByContent() {
        ClonedVoice voice = cloned(new float[] {1, 2}, new int[] {3, 4, 5, 6}, 2);
        ClonedVoice same = cloned(new float[] {1, 2}, new int[] {3, 4, 5, 6}, 2);
        assertEquals(voice, same);
        assertEquals(voice.hashCode(), same.hashCode());
        assertNotEquals(voice, cloned(new float[] {1, 3}, new int[] {3, 4, 5, 6}, 2));
        assertNotEquals(voice, cloned(new float[] {1, 2}, new int[] {3, 4, 5, 7}, 2));
        assertNotEquals(voice, cloned(new float[] {1, 2}, new int[] {3, 4, 5, 6}, 1));
        assertNotEquals(voice, voice.withoutReference());
    }

    @Test
    void whatTheMakerOfAVoiceWritesLaterDoesNotChangeIt() {
        float[] vector = {1, 2};
        int[] codes = {3, 4};
        ClonedVoice voice = cloned(vector, codes, 1);
        vector[0] = 9;
        codes[0] = 9;
        assertArrayEquals(new float[] {1, 2}, voice.speakerVector());
        assertArrayEquals(new int[] {3, 4}, voice.referenceCodes());
    }

    @Test
    void voiceWithoutReferenceKeepsItsSound() {
        ClonedVoice bare = cloned(new float[] {1, 2}, new int[] {3, 4}, 1).withoutReference();
        assertArrayEquals(new float[] {1, 2}, bare.speakerVector());
        assertEquals(0, bare.frames());
        assertEquals("", bare.transcript());
    }

    @Test
    void refusesVoicesThatCannotBe() {
        assertThrows(InvalidRequestException.class, () -> cloned(new float[0], new int[0], 0));
        assertThrows(InvalidRequestException.class, () -> cloned(new float[] {Float.NaN}, new int[0], 0));
        assertThrows(InvalidRequestException.class, () -> cloned(new float[1], new int[3], 2));
        assertThrows(InvalidRequestException.class, () -> cloned(new float[1], new int[0], 1));
        assertThrows(InvalidRequestException.class, () -> cloned(new float[1], new int[1], 0));
        assertThrows(InvalidRequestException.class, () -> cloned(new float[1], new int[] {-1}, 1));
        assertThrows(InvalidRequestException.class, () -> cloned(new float[1], new int[] {65_536}, 1));
        assertThrows(InvalidRequestException.class, () -> cloned(new float[1], new int[5000], 5000));
    }

    public static ClonedVoice cloned(float[] vector, int[] codes, int frames) {
        return ClonedVoice.of(
                        vector,
                        codes,
                        frames,
                        frames == 0 ? "" : "Hello.",
                        new ClonedVoice.Origin("base", "0b6", "c0ffee"))
                .withLanguage(Language.ENGLISH)
                .withCreated(Instant.EPOCH)
                .withConsent("mine")
                .withWarnings(List.of(Warning.REFERENCE_CLIPPED));
    }

    /** Cut off at full scale. */
    private static Pcm tone(double seconds, float amplitude) {
        float[] samples = new float[(int) (seconds * RATE)];
        for (int i = 0; i < samples.length; i++) {
            double sine = amplitude * Math.sin(2 * Math.PI * 440 * i / RATE + 0.3);
            samples[i] = (float) Math.max(-1, Math.min(1, sine));
        }
        return Pcm.mono(samples, RATE);
    }
}
