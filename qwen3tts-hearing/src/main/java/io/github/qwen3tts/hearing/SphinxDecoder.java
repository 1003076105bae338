package io.github.qwen3tts.hearing;

import edu.cmu.sphinx.frontend.Data;
import edu.cmu.sphinx.frontend.FrontEnd;
import edu.cmu.sphinx.frontend.util.StreamDataSource;
import edu.cmu.sphinx.recognizer.Recognizer;
import edu.cmu.sphinx.result.Result;
import edu.cmu.sphinx.util.props.ConfigurationManager;
import java.io.ByteArrayInputStream;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/** One Sphinx-4 recogniser with its models. One thread at a time. */
final class SphinxDecoder {

    private static final float TARGET_RMS = 0.06f; // the models expect speech of ordinary level
    private static final float SILENCE_RMS = 1e-3f; // -60 dB of full scale; below it, nothing is recognised
    private static final int SILENCE_BEFORE = SpeechRecognizer.SAMPLE_RATE_HZ / 4;
    private static final int SILENCE_AFTER = SpeechRecognizer.SAMPLE_RATE_HZ * 3 / 8;
    private static final float DITHER = 2e-4f; // digital silence has no logarithm
    private static final Pattern VARIANT = Pattern.compile("\\(\\d+\\)"); // of a pronunciation: "the(2)"

    private final Recognizer recognizer;
    private final FrontEnd frontEnd;
    private final StreamDataSource source;

    SphinxDecoder() {
        ConfigurationManager configuration =
                new ConfigurationManager(SphinxDecoder.class.getResource("recognizer.xml"));
        recognizer = (Recognizer) configuration.lookup("recognizer");
        frontEnd = (FrontEnd) configuration.lookup("frontEnd");
        source = (StreamDataSource) configuration.lookup("source");
        recognizer.allocate();
    }

    /** Words of one piece of 16 kHz audio, separated by spaces. */
    String recognize(float[] samples) {
        double rms = rms(samples);
        if (rms < SILENCE_RMS) {
            return "";
        }
        source.setInputStream(new ByteArrayInputStream(pcm16(samples, TARGET_RMS / rms)));
        StringBuilder words = new StringBuilder();
        for (Result result = recognizer.recognize(); result != null; result = recognizer.recognize()) {
            words.append(' ').append(result.getBestResultNoFiller());
        }
        for (Data rest = frontEnd.getData(); rest != null; rest = frontEnd.getData()) {
            // A search that died has left frames, which the next piece must not begin with.
        }
        return VARIANT.matcher(words).replaceAll("");
    }

    private static double rms(float[] samples) {
        double energy = 0;
        for (float sample : samples) {
            energy += sample * sample;
        }
        return Math.sqrt(energy / samples.length);
    }

    /** Little endian, with silence around and a little noise. */
    private static byte[] pcm16(float[] samples, double gain) {
        SplittableRandom noise = new SplittableRandom(0);
        byte[] bytes = new byte[2 * (SILENCE_BEFORE + samples.length + SILENCE_AFTER)];
        for (int i = 0; i < bytes.length / 2; i++) {
            int at = i - SILENCE_BEFORE;
            double value = at >= 0 && at < samples.length ? samples[at] * gain : 0;
            value += (noise.nextDouble() - 0.5) * 2 * DITHER;
            int integer = (int) Math.round(Math.max(-1, Math.min(1, value)) * Short.MAX_VALUE);
            bytes[2 * i] = (byte) integer;
            bytes[2 * i + 1] = (byte) (integer >> 8);
        }
        return bytes;
    }
}
