package io.github.qwen3tts.internal.runtime.cuda;

/**
 * Depthwise convolution and layer norm of a ConvNeXt block. See {@code conv_next.cu}.
 *
 * @param steps       steps per frame
 * @param channels    channels
 * @param taps        kernel size
 * @param parameters  weights and norm
 * @param eps         added to the variance
 * @param stateOffset floats from the start of a slot's state to this convolution's
 */
public record ConvNext(int steps, int channels, int taps, Parameters parameters, float eps, long stateOffset) {

    /**
     * Addresses of what the block learned.
     *
     * @param weights  {@code [taps, channels]} floats
     * @param bias     {@code [channels]} floats
     * @param norm     {@code [channels]} floats
     * @param normBias {@code [channels]} floats
     */
    public record Parameters(long weights, long bias, long norm, long normBias) {}

    /**
     * Floats of state the convolution needs in every slot.
     *
     * @param channels channels
     * @param taps     kernel size
     * @return both halves together
     */
    public static long stateFloats(int channels, int taps) {
        return 2L * (taps - 1) * channels;
    }

    /**
     * One use of the layer.
     *
     * @param x       {@code [streams * steps, channels]}
     * @param streams whose frame it is
     * @param out     receives {@code [streams * steps, channels]}; another place than x
     * @return the launch
     */
    public Launch launch(Rows x, CodecStreams streams, Rows out) {
        x.expect(streams.count() * steps, channels, "input");
        out.expect(x.rows(), channels, "output");
        return Launch.of("conv_next", "conv_next")
                .grid(steps + 1, streams.count(), 1)
                .threads(256)
                .sharedBytes((channels + 8) * Float.BYTES)
                .pointer(x.address())
                .pointer(streams.state() + stateOffset * Float.BYTES)
                .wide(streams.stride())
                .pointer(streams.slots())
                .pointer(streams.progress().progress())
                .pointer(parameters.weights())
                .pointer(parameters.bias())
                .pointer(parameters.norm())
                .pointer(parameters.normBias())
                .real(eps)
                .pointer(out.address())
                .integer(steps)
                .integer(channels)
                .integer(taps);
    }
}
