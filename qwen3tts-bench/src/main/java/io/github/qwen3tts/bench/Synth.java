package io.github.qwen3tts.bench;

import io.github.qwen3tts.bench.synth.SyntheticCheckpoint;
import io.github.qwen3tts.bench.synth.VoiceKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Writes a checkpoint with random weights, for benchmarks and tests on machines without a download. */
@Command(
        name = "synth",
        description = "Writes a checkpoint with random weights in a released size. It speaks noise, at real speed.",
        mixinStandardHelpOptions = true)
final class Synth implements Callable<Integer> {

    @Option(names = "--size", required = true, converter = SizeName.class, description = "0.6b or 1.7b.")
    private SyntheticCheckpoint.Size size;

    @Option(
            names = "--type",
            defaultValue = "custom_voice",
            converter = KindName.class,
            description = "custom_voice, voice_design or base (default: ${DEFAULT-VALUE}).")
    private VoiceKind kind;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to; 2.5 or 4.5 GB.")
    private Path out;

    @Option(names = "--seed", defaultValue = "1", description = "Same seed, same files (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--threads",
            defaultValue = "2",
            description = "That compute and write (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Override
    public Integer call() throws IOException {
        long started = System.nanoTime();
        SyntheticCheckpoint.of(size, kind).write(out, seed, Math.max(1, threads));
        System.err.printf(Locale.ROOT, "wrote %s in %.1f s%n", out, (System.nanoTime() - started) / 1e9);
        return 0;
    }

    /** Sizes as the released models are called. */
    private static final class SizeName implements ITypeConverter<SyntheticCheckpoint.Size> {
        @Override
        public SyntheticCheckpoint.Size convert(String name) {
            return named(name, Map.of("0.6b", SyntheticCheckpoint.Size.SMALL, "1.7b", SyntheticCheckpoint.Size.LARGE));
        }
    }

    /** Types as config.json writes them. */
    private static final class KindName implements ITypeConverter<VoiceKind> {
        @Override
        public VoiceKind convert(String name) {
            return named(
                    name,
                    Map.of(
                            "base",
                            VoiceKind.BASE,
                            "custom_voice",
                            VoiceKind.CUSTOM_VOICE,
                            "voice_design",
                            VoiceKind.VOICE_DESIGN));
        }
    }

    private static <T> T named(String name, Map<String, T> values) {
        T value = values.get(name.toLowerCase(Locale.ROOT));
        if (value == null) {
            throw new TypeConversionException(
                    "expected one of " + new TreeSet<>(values.keySet()) + " but was '" + name + "'");
        }
        return value;
    }
}
