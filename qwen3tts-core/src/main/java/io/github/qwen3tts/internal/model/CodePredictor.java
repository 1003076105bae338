package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.TransformerConfig;
import io.github.qwen3tts.internal.model.graph.CodePredictorGraph;
import io.github.qwen3tts.internal.model.graph.Projections;
import io.github.qwen3tts.internal.runtime.OrtModel;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.Tensor;
import io.github.qwen3tts.internal.runtime.TensorPool;
import io.github.qwen3tts.internal.sample.Candidates;
import io.github.qwen3tts.internal.sample.Sampler;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** The small transformer on ONNX Runtime: completes groups 1 and up of a frame, one pass per group. */
final class CodePredictor implements AutoCloseable {

    /** Keys and values of a frame kept for the next streams. */
    private static final long KEPT_BYTES = 16L << 20;

    private final TransformerConfig config;
    private final int talkerWidth;
    private final int vocab;
    private final OrtModel layers;
    private final List<OrtModel> heads; // [groups - 1]
    private final RotaryTable rotary;
    private final CodecEmbeddings embeddings;
    private final TensorPool pool;
    private final Scope owned;

    private CodePredictor(
            Checkpoint checkpoint, CodecEmbeddings embeddings, OrtModel layers, List<OrtModel> heads, Scope owned) {
        this.config = checkpoint.config().codePredictor().transformer();
        this.talkerWidth = checkpoint.config().talker().transformer().hidden();
        this.vocab = checkpoint.config().codePredictor().vocab();
        this.embeddings = embeddings;
        this.layers = layers;
        this.heads = heads;
        this.owned = owned;
        this.rotary = owned.own(new RotaryTable(config.headDim(), config.ropeTheta()));
        this.pool = owned.own(new TensorPool(KEPT_BYTES));
    }

    static CodePredictor open(
            OrtRuntime runtime, Checkpoint checkpoint, CodecEmbeddings embeddings, Projections projections) {
        return Scope.open(owned -> {
            OrtModel layers = owned.own(
                    runtime.openPrepared(CodePredictorGraph.layers(checkpoint, projections), OrtRuntime.Size.LARGE));
            List<OrtModel> heads = new ArrayList<>();
            for (int i = 0; i < checkpoint.config().talker().codeGroups() - 1; i++) {
                heads.add(owned.own(
                        runtime.open(CodePredictorGraph.head(checkpoint, projections, i), OrtRuntime.Size.SMALL)));
            }
            return new CodePredictor(checkpoint, embeddings, layers, heads, owned);
        });
    }

    @Override
    public void close() {
        owned.close();
    }

    /** Gives the random number of a code group, in {@code [0, 1)}. */
    interface Uniforms {
        float forGroup(int group);
    }

    /** Memory of one stream; nothing in it outlives a frame. For one thread at a time. */
    final class State implements AutoCloseable {

        private final KvCache cache = new KvCache(config, rotary, heads.size() + 1, pool);
        private final Tensor first = Tensor.floats(2, talkerWidth);
        private final Tensor next = Tensor.floats(1, talkerWidth);
        private final Tensor hidden = Tensor.floats(1, config.hidden());
        private final Tensor logits = Tensor.floats(1, vocab);
        private final OrtModel.Bindings firstPass = pass(first);
        private final OrtModel.Bindings nextPass = pass(next);
        private final OrtModel.Bindings head =
                new OrtModel.Bindings().input("hidden", hidden).output("logits", logits);
        private final Candidates candidates = new Candidates(vocab);
        private final float[] row = new float[talkerWidth];

        private OrtModel.Bindings pass(Tensor input) {
            OrtModel.Bindings bindings =
                    new OrtModel.Bindings().input("embeddings", input).output("hidden", hidden);
            cache.bind(bindings);
            return bindings;
        }

        /**
         * Completes a frame.
         *
         * @param talkerHidden the hidden state that group 0 was drawn from: {@code [talker hidden]}
         * @param codes        {@code [groups]}; group 0 is read, the others are written
         */
        void complete(
                FloatBuffer talkerHidden, int[] codes, Sampler sampler, Uniforms uniforms, TensorListener listener) {
            cache.clear();
            FloatBuffer input = first.floats();
            input.put(talkerHidden.duplicate());
            embeddings.copy(0, codes[0], row);
            input.put(row);
            cache.advance(2);
            layers.run(firstPass);
            for (int group = 1; group < codes.length; group++) {
                heads.get(group - 1).run(head);
                FloatBuffer scores = logits.floats();
                listener.tensor("predictor_logits." + group, scores);
                candidates.load(scores, 0);
                codes[group] = sampler.draw(candidates, uniforms.forGroup(group));
                if (group + 1 < codes.length) {
                    embeddings.copy(group, codes[group], row);
                    next.floats().put(row);
                    cache.advance(1);
                    layers.run(nextPass);
                }
            }
        }

        @Override
        public void close() {
            try (Scope all = new Scope()) {
                all.own(cache);
                all.own(first);
                all.own(next);
                all.own(hidden);
                all.own(logits);
            }
        }
    }
}
