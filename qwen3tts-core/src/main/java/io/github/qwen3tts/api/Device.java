package io.github.qwen3tts.api;

import io.github.qwen3tts.internal.Check;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names the device that computes. Immutable.
 *
 * @since 0.1.0
 */
public final class Device {

    /** The first GPU if one can be used, else the CPU; the log says which, and why. */
    public static final Device AUTO = new Device("auto", 0);

    /** The CPU. */
    public static final Device CPU = new Device("cpu", 0);

    private static final String CUDA = "cuda";
    private static final Pattern NAME = Pattern.compile("(auto|cpu)|cuda(?::(\\d{1,3}))?");

    private final String kind;
    private final int index;

    private Device(String kind, int index) {
        this.kind = kind;
        this.index = index;
    }

    /**
     * Names an NVIDIA GPU.
     *
     * @param index as its driver counts, {@code >= 0}
     * @return the device
     * @throws InvalidRequestException if the index is negative
     */
    public static Device cuda(int index) {
        Check.argument(index >= 0, "device index must be >= 0", "index", index);
        return new Device(CUDA, index);
    }

    /**
     * Finds a device by name.
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

    /**
     * Tells whether the engine chooses.
     *
     * @return true for {@link #AUTO}
     */
    public boolean isAuto() {
        return equals(AUTO);
    }

    /**
     * Tells whether this is an NVIDIA GPU.
     *
     * @return true for {@link #cuda}
     */
    public boolean isCuda() {
        return kind.equals(CUDA);
    }

    /**
     * Returns the index of the GPU.
     *
     * @return as its driver counts; 0 for other devices
     */
    public int index() {
        return index;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Device that && kind.equals(that.kind) && index == that.index;
    }

    @Override
    public int hashCode() {
        return 31 * kind.hashCode() + index;
    }

    /** Returns the name, as {@link #named} takes it. */
    @Override
    public String toString() {
        return isCuda() ? CUDA + ":" + index : kind;
    }
}
