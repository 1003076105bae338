package io.github.qwen3tts.internal.runtime.cuda;

import java.util.Arrays;

/**
 * A convolution of the codec decoder with its state, one frame at a time. Transposed convolutions are {@link
 * TransposedConv}. See {@code causal_conv.cu}.
 *
 * @param shape       its sizes
 * @param weights     address of the packed weights: {@link Shape#weightFloats}
 * @param bias        address of {@code [outputs]} floats
 * @param stateOffset floats from the start of a slot's state to this convolution's
 */
public record CausalConv(Shape shape, long weights, long bias, long stateOffset) {

    /** Steps per frame from which a tile pays; a property of the layer, so that no result depends on the batch. */
    private static final int TILE_STEPS = 16;

    /** Outputs from which a tile pays. */
    private static final int TILE_OUTPUTS = 2;

    /**
     * The sizes of a convolution.
     *
     * @param steps    steps per frame
     * @param channels inputs per step
     * @param outputs  outputs per step
     * @param taps     kernel size
     * @param dilation steps between taps
     */
    public record Shape(int steps, int channels, int outputs, int taps, int dilation) {

        /**
         * Steps kept from frame to frame.
         *
         * @return {@code (taps - 1) * dilation}
         */
        public int history() {
            return (taps - 1) * dilation;
        }

        /**
         * Floats of state the convolution needs in every slot.
         *
         * @return both halves together
         */
        public long stateFloats() {
            return 2L * history() * channels;
        }

        /**
         * Whether weights lie output by output, a padded row each, instead of input by input.
         *
         * @return true for few steps per frame
         */
        public boolean byOutput() {
            return steps < TILE_STEPS || outputs < TILE_OUTPUTS;
        }

        /**
         * Room the packed weights take.
         *
         * @return floats
         */
        public int weightFloats() {
            return byOutput() ? outputs * rowFloats() : taps * channels * outputs;
        }

        /**
         * Packs weights.
         *
         * @param kernel {@code [outputs][channels][taps]} as published
         * @return as the kernel reads them
         */
        public float[] pack(float[] kernel) {
            float[] packed = new float[weightFloats()];
            for (int output = 0; output < outputs; output++) {
                for (int channel = 0; channel < channels; channel++) {
                    for (int tap = 0; tap < taps; tap++) {
                        int input = tap * channels + channel;
                        packed[byOutput() ? output * rowFloats() + input : input * outputs + output] =
                                kernel[(output * channels + channel) * taps + tap];
                    }
                }
            }
            return packed;
        }

        private int rowFloats() {
            return loads() * 4;
        }

        private int loads() {
            return WeightType.FP32.loads(taps * channels);
        }
    }

    /**
     * What happens to the sums, and where they go; each address may be 0 for none.
     *
     * @param residual address of {@code [streams * steps, outputs]} that is added
     * @param clamp    whether results are cut to {@code [-1, 1]}
     * @param y        address that receives the results
     * @param snake    what is applied for the second copy
     * @param activated address that receives the second copy
     */
    public record Result(long residual, boolean clamp, long y, Snake snake, long activated) {

        /**
         * Plain results.
         *
         * @param y receives them
         * @return the description
         */
        public static Result to(Rows y) {
            return new Result(0, false, y.address(), Snake.NONE, 0);
        }

        /**
         * Results only the next convolution reads, through its activation.
         *
         * @param snake     the activation
         * @param activated receives them
         * @return the description
         */
        public static Result activated(Snake snake, Rows activated) {
            return new Result(0, false, 0, snake, activated.address());
        }

        /**
         * Adds a second copy for the next convolution.
         *
         * @param snake     its activation
         * @param activated receives the copy
         * @return the changed copy
         */
        public Result andActivated(Snake snake, Rows activated) {
            return new Result(residual, clamp, y, snake, activated.address());
        }

        /**
         * Adds something to the sums.
         *
         * @param residual what is added
         * @return the changed copy
         */
        public Result plus(Rows residual) {
            return new Result(residual.address(), clamp, y, snake, activated);
        }

        /**
         * Cuts to {@code [-1, 1]}.
         *
         * @return the changed copy
         */
        public Result clamped() {
            return new Result(residual, true, y, snake, activated);
        }
    }

    /**
     * The activation {@code x + sin(alpha * x)^2 / beta}, per output.
     *
     * @param alpha       address of {@code [outputs]} floats
     * @param inverseBeta address of {@code [outputs]} floats
     */
    public record Snake(long alpha, long inverseBeta) {
        static final Snake NONE = new Snake(0, 0);
    }

    /**
     * One use of the layer.
     *
     * @param x       {@code [streams * steps, channels]}
     * @param streams whose frame it is
     * @param result  where the results go
     * @return the launch
     */
    public Launch launch(Rows x, CodecStreams streams, Result result) {
        int outputs = shape.outputs();
        return launch(x, streams, result, Tile.of(x.rows(), outputs), LinearShape.of(x.rows(), outputs));
    }

    Launch launch(Rows x, CodecStreams streams, Result result, Tile tile, LinearShape linear) {
        int rows = streams.count() * shape.steps();
        x.expect(rows, shape.channels(), "input");
        Launch launch;
        if (shape.byOutput()) {
            launch = Launch.of("causal_conv", "causal_conv_rows" + linear.suffix())
                    .grid(linear.blocksOfOutputs(shape.outputs()) + 1, linear.blocksOfRows(rows), 1)
                    .threads(linear.threads())
                    .sharedBytes(linear.sharedBytes(WeightType.FP32, shape.loads()));
        } else {
            launch = Launch.of("causal_conv", "causal_conv_tile_" + tile.rows + "x" + tile.columns)
                    .grid(
                            LinearShape.divideUp(shape.outputs(), tile.columns) + 1,
                            LinearShape.divideUp(rows, tile.rows),
                            1)
                    .threads(32 * Tile.WARPS)
                    .sharedBytes(tile.sharedBytes());
        }
        arguments(launch, x, streams, result);
        return shape.byOutput() ? launch.integer(shape.loads()) : launch;
    }

    private void arguments(Launch launch, Rows x, CodecStreams streams, Result result) {
        launch.pointer(x.address())
                .pointer(streams.state() + stateOffset * Float.BYTES)
                .wide(streams.stride())
                .pointer(streams.slots())
                .pointer(streams.progress().progress())
                .pointer(weights)
                .pointer(bias)
                .pointer(result.residual())
                .pointer(result.snake().alpha())
                .pointer(result.snake().inverseBeta())
                .pointer(result.y())
                .pointer(result.activated())
                .integer(streams.count())
                .integer(shape.steps())
                .integer(shape.channels())
                .integer(shape.outputs())
                .integer(shape.taps())
                .integer(shape.dilation())
                .integer(result.clamp() ? 1 : 0);
    }

    /** Results of a block. */
    enum Tile {
        LARGE(64, 32),
        MEDIUM(32, 16),
        SMALL(16, 16);

        static final int WARPS = 8;
        private static final int DEPTH = 16;

        /** From as many blocks on, a smaller tile would not bring more of a GPU to work. */
        private static final int ENOUGH_BLOCKS = 96;

        final int rows;
        final int columns;

        Tile(int rows, int columns) {
            this.rows = rows;
            this.columns = columns;
        }

        /** The largest that keeps a GPU busy: it reads its inputs least often. */
        static Tile of(int rows, int outputs) {
            return Arrays.stream(values())
                    .filter(tile -> LinearShape.divideUp(rows, tile.rows) * LinearShape.divideUp(outputs, tile.columns)
                            >= ENOUGH_BLOCKS)
                    .findFirst()
                    .orElse(SMALL);
        }

        /** What the warps stage, or afterwards the sums of all. */
        int sharedBytes() {
            int staged = rows * (DEPTH + 4) + DEPTH * columns;
            return WARPS * Math.max(staged, rows * columns) * Float.BYTES;
        }
    }
}
