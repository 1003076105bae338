package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.ModelConfig.TalkerConfig;
import io.github.qwen3tts.internal.model.graph.Projections;
import io.github.qwen3tts.internal.model.graph.TalkerGraph;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.sample.Candidates;
import io.github.qwen3tts.internal.sample.CodeHistory;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import io.github.qwen3tts.internal.sample.Philox;
import io.github.qwen3tts.internal.sample.Sampler;
import io.github.qwen3tts.internal.sample.TalkerRules;
import java.util.Arrays;
import java.util.List;

/** The language model on ONNX Runtime; streams take turns. */
public final class OrtLanguageModel implements LanguageModel {

    private final TalkerConfig config;
    private final PromptEmbedder embedder;
    private final CodecEmbeddings embeddings;
    private final Talker talker;
    private final CodePredictor codePredictor;
    private final Scope owned;
    private final TensorListener listener;

    private OrtLanguageModel(
            OrtRuntime runtime, Checkpoint checkpoint, Projections projections, TensorListener listener, Scope owned) {
        this.config = checkpoint.config().talker();
        this.owned = owned;
        this.listener = listener;
        embeddings = CodecEmbeddings.open(checkpoint);
        embedder = owned.own(PromptEmbedder.open(runtime, checkpoint, embeddings));
        TalkerGraph.Taps taps = listener == TensorListener.NONE ? TalkerGraph.Taps.NONE : TalkerGraph.Taps.FIRST_LAYER;
        talker = owned.own(Talker.open(runtime, checkpoint, projections, taps));
        codePredictor = owned.own(CodePredictor.open(runtime, checkpoint, embeddings, projections));
    }

    /**
     * Opens the language model of a checkpoint.
     *
     * @param runtime     to run on
     * @param checkpoint  configuration and weights
     * @param projections how the large matrices are stored
     * @param listener    sees what is computed; {@link TensorListener#NONE} in production
     * @return to be closed by the caller
     */
    public static OrtLanguageModel open(
            OrtRuntime runtime, Checkpoint checkpoint, Projections projections, TensorListener listener) {
        return Scope.open(owned -> new OrtLanguageModel(runtime, checkpoint, projections, listener, owned));
    }

    @Override
    public Generation begin(Prompt prompt, GenerationOptions generation, RandomKey key) {
        return begin(embedder.embed(prompt), generation, key);
    }

    /**
     * Reads a prompt that is embedded already.
     *
     * @param prompt     what to speak, and in which voice
     * @param generation how codes are drawn
     * @param key        where randomness comes from
     * @return the stream, to be closed by the caller
     */
    public Generation begin(EmbeddedPrompt prompt, GenerationOptions generation, RandomKey key) {
        Sampler talkerSampler = Sampler.of(generation.talker());
        Sampler predictorSampler = Sampler.of(generation.codePredictor());
        return begin(new Stream(prompt, generation, key, talkerSampler, predictorSampler));
    }

    /**
     * Speaks given codes and then ends: the {@link TensorListener} sees what this model scores when another one chooses (teacher
     * forcing).
     *
     * @param prompt what to speak, and in which voice
     * @param codes  {@code [frames * codeGroups]}; not copied
     * @return the stream, to be closed by the caller
     */
    public Generation follow(Prompt prompt, int[] codes) {
        Sampler given = new ForcedCodes(codes, config.endOfSpeech());
        GenerationOptions noLimit = GenerationOptions.OFFICIAL.withMaxNewTokens(Integer.MAX_VALUE);
        return begin(new Stream(embedder.embed(prompt), noLimit, new RandomKey(0, 0), given, given));
    }

    private Generation begin(Stream stream) {
        try {
            stream.talk.prefill(stream.prompt.rows(), stream.prompt.prefix(), listener);
            return stream;
        } catch (RuntimeException e) {
            stream.close();
            throw e;
        }
    }

    /**
     * The part that turns prompts into rows.
     *
     * @return shared, owned by this model
     */
    public PromptEmbedder embedder() {
        return embedder;
    }

    @Override
    public int maxBatch() {
        return 1;
    }

    @Override
    public void step(List<Generation> streams) {
        for (Generation stream : streams) {
            ((Stream) stream).step();
        }
    }

    @Override
    public void close() {
        owned.close();
    }

    /** One stream: everything that changes while it speaks. */
    private final class Stream implements Generation {

        private final EmbeddedPrompt prompt;
        private final RandomKey key;
        private final int maxDraws;
        private final TalkerRules rules;
        private final Sampler talkerSampler;
        private final Sampler predictorSampler;
        private final Talker.State talk;
        private final CodePredictor.State predict;
        private final CodeHistory history = new CodeHistory(config.vocab());
        private final Candidates candidates = new Candidates(config.vocab());
        private final int[] codes = new int[config.codeGroups()];
        private final float[] nextRow = new float[config.transformer().hidden()];
        private Progress progress = Progress.FRAME;
        private int frames;

        Stream(
                EmbeddedPrompt prompt,
                GenerationOptions generation,
                RandomKey key,
                Sampler talkerSampler,
                Sampler predictorSampler) {
            this.prompt = prompt;
            this.key = key;
            this.talkerSampler = talkerSampler;
            this.predictorSampler = predictorSampler;
            maxDraws = generation.maxNewTokens();
            rules = new TalkerRules(config.vocab(), config.endOfSpeech(), generation.repetitionPenalty());
            talk = talker.new State(prompt.rows().length / nextRow.length);
            predict = codePredictor.new State();
        }

        /** Feeds the frame before, draws group 0 of the next one, and completes it. */
        void step() {
            if (frames > 0) {
                Arrays.fill(nextRow, 0);
                embeddings.addFrame(codes, 0, nextRow, 0);
                prompt.addTextSide(frames - 1, nextRow);
                talk.step(nextRow);
            }
            listener.tensor("talker_logits." + frames, talk.logits());
            candidates.load(talk.logits(), 0);
            rules.constrain(candidates, history);
            int first = talkerSampler.draw(candidates, uniform(0));
            history.add(first);
            if (first == config.endOfSpeech()) {
                progress = Progress.END_OF_SPEECH;
            } else if (history.size() == maxDraws) {
                progress = Progress.LIMIT; // the draw is dropped, as the official code does
            } else {
                codes[0] = first;
                predict.complete(talk.hidden(), codes, predictorSampler, this::uniform, listener);
                frames++;
            }
        }

        private float uniform(int group) {
            return Philox.uniform(key.seed(), key.stream(), frames, group);
        }

        @Override
        public Progress progress() {
            return progress;
        }

        @Override
        public int[] codes() {
            return codes;
        }

        @Override
        public int frames() {
            return frames;
        }

        @Override
        public void close() {
            try (Scope all = new Scope()) {
                all.own(talk);
                all.own(predict);
            }
        }
    }
}
