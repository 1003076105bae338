package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.CodecConfig;
import io.github.qwen3tts.internal.checkpoint.TransformerConfig;
import io.github.qwen3tts.internal.model.graph.CodecDecoderGraph.Carry;
import io.github.qwen3tts.internal.model.graph.CodecDecoderGraph.Stateful;
import io.github.qwen3tts.internal.model.graph.CodecEncoderGraph;
import io.github.qwen3tts.internal.model.graph.CodecEncoderGraph.Span;
import io.github.qwen3tts.internal.runtime.OrtModel;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.Tensor;
import io.github.qwen3tts.internal.runtime.TensorPool;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.List;

/** Turns a clip into codes, 16 for every 80 ms. For any number of threads. */
public final class CodecEncoder implements AutoCloseable {

    /** About a second of audio: bounds the working memory of one run to some 50 MB, however long the clip. */
    private static final int ROWS_PER_RUN = 25;

    /** Keys and values kept for the next clip: those of a minute. */
    private static final long KEPT_BYTES = 64L << 20;

    private final CodecConfig config;
    private final OrtModel rowModel;
    private final List<Carry> carries;
    private final OrtModel codeModel;
    private final RotaryTable rotary;
    private final TensorPool pool;
    private final TensorListener listener;
    private final int samplesPerRow;
    private final Scope owned;

    private CodecEncoder(OrtRuntime runtime, Checkpoint checkpoint, Span span, TensorListener listener, Scope owned) {
        this.config = checkpoint.codec();
        this.listener = listener;
        this.owned = owned;
        Stateful rows = CodecEncoderGraph.rows(checkpoint, span);
        carries = rows.state();
        rowModel = owned.own(runtime.openPrepared(rows.model(), OrtRuntime.Size.LARGE));
        codeModel = owned.own(runtime.openPrepared(CodecEncoderGraph.codes(checkpoint), OrtRuntime.Size.LARGE));
        TransformerConfig t = config.encoder().transformer();
        rotary = owned.own(new RotaryTable(t.headDim(), t.ropeTheta()));
        pool = owned.own(new TensorPool(KEPT_BYTES));
        samplesPerRow = CodecEncoderGraph.samplesPerRow(config.encoder());
    }

    /**
     * Opens the encoder of a checkpoint.
     *
     * @param runtime    to run on
     * @param checkpoint configuration and weights
     * @param span       how far back attention sees
     * @param listener   sees what is computed; {@link TensorListener#NONE} in production
     * @return to be closed by the caller
     */
    public static CodecEncoder open(OrtRuntime runtime, Checkpoint checkpoint, Span span, TensorListener listener) {
        return Scope.open(owned -> new CodecEncoder(runtime, checkpoint, span, listener, owned));
    }

    /**
     * The rate it listens at.
     *
     * @return samples per second
     */
    public int sampleRateHz() {
        return config.sampleRateHz();
    }

    /**
     * How many frames a clip makes.
     *
     * @param samples its length
     * @return frames, the last of which may be begun only
     */
    public int frames(int samples) {
        return ceilDiv(samples, config.samplesPerFrame());
    }

    /**
     * Encodes a whole clip.
     *
     * @param samples mono, nominally in {@code [-1, 1]}, at {@link #sampleRateHz()}; at least one; read only
     * @return {@code [frames * codeGroups]}, each in {@code [0, codebookSize)}
     * @throws InvalidRequestException if there are no samples
     * @throws DeviceException         if the runtime fails or memory runs out
     */
    public int[] encode(float[] samples) {
        Check.argument(samples.length > 0, "clip to encode must not be empty", "samples", samples.length);
        try (Scope run = new Scope()) {
            int width = config.encoder().transformer().hidden();
            int rows = ceilDiv(samples.length, samplesPerRow);
            ByteBuffer memory = Tensor.allocate(new long[] {rows, width}, Float.BYTES);
            Pass pass = run.own(new Pass(rows));
            for (int row = 0; row < rows; row += ROWS_PER_RUN) {
                int count = Math.min(ROWS_PER_RUN, rows - row);
                int from = row * samplesPerRow;
                int samplesHere = Math.min(count * samplesPerRow, samples.length - from);
                int at = row * width * Float.BYTES;
                pass.next(samples, from, samplesHere, memory.slice(at, count * width * Float.BYTES), count);
            }
            return codes(run.own(Tensor.floats(memory, rows, width)), frames(samples.length));
        }
    }

    private int[] codes(Tensor rows, int frames) {
        int groups = config.encoder().codeGroups();
        int width = config.encoder().transformer().hidden();
        int[] codes = new int[frames * groups];
        try (Scope run = new Scope()) {
            Tensor latents = run.own(Tensor.floats(frames, width));
            Tensor out = run.own(Tensor.longs(frames, groups));
            codeModel.run(new OrtModel.Bindings()
                    .input("rows", rows)
                    .output("latents", latents)
                    .output("codes", out));
            listener.tensor("encoder_latents", latents.floats());
            LongBuffer values = out.longs();
            for (int i = 0; i < codes.length; i++) {
                codes[i] = Math.toIntExact(values.get(i));
            }
        }
        return codes;
    }

    private static int ceilDiv(int a, int b) {
        return (int) (((long) a + b - 1) / b);
    }

    @Override
    public void close() {
        owned.close();
    }

    /** One clip on its way through the row graph. */
    private final class Pass implements AutoCloseable {

        private final KvCache cache;
        private final Tensor start = Tensor.longs(1);
        private final CarriedTensors past = new CarriedTensors(carries, pool);

        Pass(int rows) {
            cache = new KvCache(config.encoder().transformer(), rotary, rows, pool);
        }

        /** Writes the next {@code count} rows to {@code out}. */
        void next(float[] samples, int from, int length, ByteBuffer out, int count) {
            try (Scope run = new Scope()) {
                Tensor in = run.own(Tensor.floats(length));
                Tensor rows = run.own(
                        Tensor.floats(out, count, config.encoder().transformer().hidden()));
                in.floats().put(samples, from, length);
                start.longs().put(0, cache.tokens());
                cache.advance(count);
                OrtModel.Bindings bindings = new OrtModel.Bindings()
                        .input("samples", in)
                        .input("start", start)
                        .output("rows", rows);
                cache.bind(bindings);
                past.run(rowModel, bindings);
            }
        }

        @Override
        public void close() {
            try (Scope all = new Scope()) {
                all.own(cache);
                all.own(start);
                all.own(past);
            }
        }
    }
}
