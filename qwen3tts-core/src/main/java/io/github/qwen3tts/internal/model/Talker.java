package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.ModelConfig.TalkerConfig;
import io.github.qwen3tts.internal.model.graph.Projections;
import io.github.qwen3tts.internal.model.graph.TalkerGraph;
import io.github.qwen3tts.internal.runtime.OrtModel;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.Tensor;
import io.github.qwen3tts.internal.runtime.TensorPool;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The large transformer on ONNX Runtime: embeddings in, hidden state and scores of code group 0 out. */
final class Talker implements AutoCloseable {

    /** Room for a short prompt and ten seconds of speech; more is made when needed. */
    private static final int FIRST_CAPACITY = 192;

    /** Keys and values kept for the next streams: those of five short speeches of the 0.6B model. */
    private static final long KEPT_BYTES = 256L << 20;

    /** Keys and values of prefixes: of some 30 voices of the 0.6B model, or of two clips with transcripts. */
    private static final long PREFIX_BYTES = 64L << 20;

    private final TalkerConfig config;
    private final OrtModel model;
    private final RotaryTable rotary;
    private final TensorPool pool = new TensorPool(KEPT_BYTES);
    private final PrefixCache prefixes = new PrefixCache(PREFIX_BYTES);
    private final boolean tapsFirstLayer;

    private Talker(TalkerConfig config, OrtModel model, boolean tapsFirstLayer) {
        this.config = config;
        this.model = model;
        this.tapsFirstLayer = tapsFirstLayer;
        this.rotary = new RotaryTable(
                config.transformer().headDim(), config.transformer().ropeTheta());
    }

    static Talker open(OrtRuntime runtime, Checkpoint checkpoint, Projections projections, TalkerGraph.Taps taps) {
        return new Talker(
                checkpoint.config().talker(),
                runtime.openPrepared(TalkerGraph.build(checkpoint, projections, taps), OrtRuntime.Size.LARGE),
                taps == TalkerGraph.Taps.FIRST_LAYER);
    }

    @Override
    public void close() {
        model.close();
        rotary.close();
        pool.close();
    }

    /** Few sizes, so that streams can hand on what they had. */
    private static int capacity(int tokens) {
        int capacity = FIRST_CAPACITY;
        while (capacity < tokens) {
            capacity = Math.multiplyExact(capacity, 2);
        }
        return capacity;
    }

    /** One stream's place in the talker. For one thread at a time. */
    final class State implements AutoCloseable {

        private final int width = config.transformer().hidden();
        private final KvCache cache;
        private final Tensor stepEmbedding = Tensor.floats(1, width);
        private final Tensor hidden = Tensor.floats(1, width);
        private final Tensor logits = Tensor.floats(1, config.vocab());
        private OrtModel.Bindings step;

        State(int promptRows) {
            cache = new KvCache(config.transformer(), rotary, capacity(promptRows + FIRST_CAPACITY / 2), pool);
        }

        /**
         * Reads a whole prompt, {@code [rows, hidden]}: its first {@code prefix} rows in a pass of their own, unless they
         * have been read before, then all others in one.
         */
        void prefill(float[] embeddings, int prefix, TensorListener listener) {
            int rows = embeddings.length / width;
            if (prefix == 0 || prefix == rows) {
                read(embeddings, listener);
                return;
            }
            float[] first = Arrays.copyOf(embeddings, prefix * width);
            Optional<float[]> known = prefixes.find(first);
            if (known.isPresent()) {
                cache.restore(known.get(), prefix);
            } else {
                read(first, listener);
                prefixes.keep(first, cache.copy());
            }
            read(Arrays.copyOfRange(embeddings, first.length, embeddings.length), listener);
        }

        /** One pass over {@code [rows, hidden]}, behind what was read before. */
        private void read(float[] embeddings, TensorListener listener) {
            int rows = embeddings.length / width;
            try (Scope owned = new Scope()) {
                Tensor in = owned.own(Tensor.floats(rows, width));
                Tensor allHidden = owned.own(Tensor.floats(rows, width));
                in.floats().put(embeddings);
                cache.advance(rows);
                OrtModel.Bindings bindings = new OrtModel.Bindings()
                        .input("embeddings", in)
                        .output("hidden", allHidden)
                        .output("logits", logits);
                cache.bind(bindings);
                Tensor layer0 = tapsFirstLayer ? owned.own(Tensor.floats(rows, width)) : null;
                if (tapsFirstLayer) {
                    bindings.output("layer0", layer0);
                }
                model.run(bindings);
                hidden.floats().put(0, allHidden.floats(), (rows - 1) * width, width);
                listener.tensor("prefill_hidden", allHidden.floats());
                if (tapsFirstLayer) {
                    listener.tensor("layer0_out", layer0.floats());
                }
            }
        }

        /** Reads one more embedding, {@code [hidden]}. */
        void step(float[] embedding) {
            stepEmbedding.floats().put(embedding);
            boolean moved = cache.advance(1);
            if (step == null || moved) {
                step = new OrtModel.Bindings()
                        .input("embeddings", stepEmbedding)
                        .output("hidden", hidden)
                        .output("logits", logits);
                cache.bind(step);
            }
            model.run(step);
        }

        /** The normed hidden state after the last pass: {@code [hidden]}. */
        FloatBuffer hidden() {
            return hidden.floats();
        }

        /** The raw scores after the last pass: {@code [vocab]}. */
        FloatBuffer logits() {
            return logits.floats();
        }

        @Override
        public void close() {
            try (Scope owned = new Scope()) {
                owned.own(cache);
                owned.own(stepEmbedding);
                owned.own(hidden);
                owned.own(logits);
            }
        }
    }
}
