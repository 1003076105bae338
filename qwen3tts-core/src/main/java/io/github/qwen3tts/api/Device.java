package io.github.qwen3tts.api;

import io.github.qwen3tts.internal.Check;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What computes.
 *
 * @param kind  of device
 * @param index of the card, as its driver counts from 0; 0 for the other kinds
 */
public record Device(Kind kind, int index) {

    /** A kind of device. */
    public enum Kind {
        /** The first card if one can be used, else the processor. */
        AUTO,
        /** The processor. */
        CPU,
        /** An NVIDIA card. */
        CUDA
    }

    /** The first card if one can be used, else the processor; the log says which, and why. */
    public static final Device AUTO = new Device(Kind.AUTO, 0);

    /** The processor. */
    public static final Device CPU = new Device(Kind.CPU, 0);

    private static final Pattern NAME = Pattern.compile("(auto|cpu)|cuda(?::(\\d{1,3}))?");

    public Device {
        Check.argument(
                index == 0 || kind == Kind.CUDA && index > 0,
                "device index must be >= 0, and only cards have one",
                "kind",
                kind,
                "index",
                index);
    }

    /**
     * An NVIDIA card.
     *
     * @param index as its driver counts, {@code >= 0}
     * @return the device
     */
    public static Device cuda(int index) {
        return new Device(Kind.CUDA, index);
    }

    /**
     * A device by name.
     *
     * @param name {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}, in any case
     * @return the device
     * @throws InvalidRequestException if there is none of this name
     */
    public static Device named(String name) {
        Matcher matcher = NAME.matcher(name.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new InvalidRequestException(
                    Check.message("unknown device", "device", name, "known", "[auto, cpu, cuda, cuda:N]"));
        }
        if (matcher.group(1) != null) {
            return matcher.group(1).equals("cpu") ? CPU : AUTO;
        }
        return cuda(matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2)));
    }

    /** The name, as {@link #named} takes it. */
    @Override
    public String toString() {
        return kind == Kind.CUDA ? "cuda:" + index : kind.name().toLowerCase(Locale.ROOT);
    }
}
