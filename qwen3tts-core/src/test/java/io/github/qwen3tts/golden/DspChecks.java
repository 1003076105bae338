package io.github.qwen3tts.golden;

import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.internal.dsp.MelSpectrogram;
import io.github.qwen3tts.audio.internal.dsp.Resampler;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Resamples and analyses golden signals. */
final class DspChecks {

    private static final int RATE_HZ = 24_000;

    /** Where the silence around a signal is heard: two resamplers end it differently. */
    private static final int EDGE = 480;

    private static final Pattern SIGNAL = Pattern.compile("(chirp|alias)_(\\d+)");

    private DspChecks() {}

    /** One check per signal, and one of the front end; none if there is no such directory. */
    static List<Check> of(Path directory) throws IOException {
        List<Check> checks = new ArrayList<>();
        Path resample = directory.resolve("resample.safetensors");
        if (Files.exists(resample)) {
            Safetensors signals = Safetensors.open(resample);
            for (String name : signals.names()) {
                Matcher matcher = SIGNAL.matcher(name);
                if (matcher.matches()) {
                    int rate = Integer.parseInt(matcher.group(2));
                    boolean alias = matcher.group(1).equals("alias");
                    checks.add(new Check("dsp", name, report -> resample(signals, name, rate, alias, report)));
                }
            }
        }
        Path mel = directory.resolve("mel.safetensors");
        if (Files.exists(mel)) {
            checks.add(new Check("dsp", "mel", report -> mel(Safetensors.open(mel), report)));
        }
        return checks;
    }

    private static void resample(Safetensors signals, String name, int rate, boolean alias, Report report)
            throws IOException {
        float[] expected = Safetensors.readFloats(signals.get(name + "_to_" + RATE_HZ));
        Pcm in = Pcm.mono(Safetensors.readFloats(signals.get(name)), rate);
        float[] actual = Resampler.resample(in, RATE_HZ).samples();
        report.equal("samples", expected.length, actual.length);
        double signal = 0;
        double difference = 0;
        double power = 0;
        int to = Math.min(expected.length, actual.length) - EDGE;
        for (int i = EDGE; i < to; i++) {
            signal += (double) expected[i] * expected[i];
            difference += Math.pow((double) expected[i] - actual[i], 2);
            power += (double) actual[i] * actual[i];
        }
        if (alias) {
            double level = 10 * Math.log10(power / (to - EDGE) + Double.MIN_NORMAL);
            report.atLeast("alias below full scale, dB", Tolerance.ALIAS_DECIBEL, -level);
        } else {
            report.atLeast(
                    "signal to difference, dB", Tolerance.RESAMPLED_DECIBEL, 10 * Math.log10(signal / difference));
        }
    }

    private static void mel(Safetensors golden, Report report) throws IOException {
        int mels = Math.toIntExact(golden.get("filterbank").shape().get(0));
        MelSpectrogram spectrogram = new MelSpectrogram(RATE_HZ, 1024, 256, mels);
        float[] expected = Safetensors.readFloats(golden.get("filterbank"));
        float[] filters = new float[expected.length];
        int bins = expected.length / mels;
        for (int i = 0; i < filters.length; i++) {
            filters[i] = spectrogram.filterbank()[i / bins][i % bins];
        }
        report.close("filterbank", expected, filters, Tolerance.FILTERBANK);
        report.close(
                "log_mel",
                Safetensors.readFloats(golden.get("log_mel")),
                spectrogram.logMel(Safetensors.readFloats(golden.get("audio"))),
                Tolerance.LOG_MEL);
    }
}
