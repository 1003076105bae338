package io.github.qwen3tts.internal.voice;

import io.github.qwen3tts.api.Warning;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.internal.Check;
import java.util.ArrayList;
import java.util.List;

/** Listens to a reference clip for what would make a bad clone. */
public final class ReferenceAudio {

    /** Longest clip that is accepted. */
    public static final int MAX_SECONDS = 120;

    private static final double LONG_SECONDS = 30;
    private static final double SHORT_SECONDS = 1;
    private static final float SILENT_PEAK = 1e-3f; // -60 dBFS
    private static final float QUIET_PEAK = 1e-2f; // -40 dBFS
    private static final float FULL_SCALE = 0.999f;
    private static final int CLIPPED_RUN = 3; // a clean peak touches full scale once or twice
    private static final double CLIPPED_SHARE = 1e-3;

    private ReferenceAudio() {}

    /** Refuses audio nothing can be cloned from; warns about the rest. */
    public static List<Warning> inspect(Pcm audio) {
        double seconds = audio.seconds();
        Check.argument(
                seconds <= MAX_SECONDS,
                "reference clip is too long; cut it and its transcript to 5 to 15 s",
                "seconds",
                seconds,
                "maxSeconds",
                MAX_SECONDS);
        float peak = peak(audio.samples());
        Check.argument(
                peak >= SILENT_PEAK,
                "reference clip is silent",
                "peak",
                peak,
                "minPeak",
                SILENT_PEAK,
                "seconds",
                seconds);
        List<Warning> warnings = new ArrayList<>();
        if (seconds > LONG_SECONDS) {
            warnings.add(Warning.REFERENCE_LONG);
        }
        if (seconds < SHORT_SECONDS) {
            warnings.add(Warning.REFERENCE_SHORT);
        }
        if (peak < QUIET_PEAK) {
            warnings.add(Warning.REFERENCE_QUIET);
        }
        if (clipped(audio) > CLIPPED_SHARE * audio.samples().length) {
            warnings.add(Warning.REFERENCE_CLIPPED);
        }
        return List.copyOf(warnings);
    }

    private static float peak(float[] samples) {
        float peak = 0;
        for (int i = 0; i < samples.length; i++) {
            Check.argument(Float.isFinite(samples[i]), "samples must be finite", "sample", samples[i], "index", i);
            peak = Math.max(peak, Math.abs(samples[i]));
        }
        return peak;
    }

    /** Samples at full scale beside others of their channel. */
    private static int clipped(Pcm audio) {
        float[] samples = audio.samples();
        int clipped = 0;
        for (int channel = 0; channel < audio.channels(); channel++) {
            int run = 0;
            for (int i = channel; i < samples.length; i += audio.channels()) {
                run = Math.abs(samples[i]) >= FULL_SCALE ? run + 1 : 0;
                clipped += run == CLIPPED_RUN ? CLIPPED_RUN : run > CLIPPED_RUN ? 1 : 0;
            }
        }
        return clipped;
    }
}
