package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.CodecConfig;
import io.github.qwen3tts.internal.model.graph.CodecDecoderGraph;
import io.github.qwen3tts.internal.model.graph.CodecDecoderGraph.Carry;
import io.github.qwen3tts.internal.model.graph.CodecDecoderGraph.Stateful;
import io.github.qwen3tts.internal.model.graph.CodecMatrices;
import io.github.qwen3tts.internal.runtime.Opening;
import io.github.qwen3tts.internal.runtime.OrtModel;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.Tensor;
import io.github.qwen3tts.internal.runtime.TensorPool;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.List;

/** The codec decoder on ONNX Runtime. */
public final class OrtCodecDecoder implements CodecDecoder {

    /** Bounds the working memory. */
    private static final int MAX_FRAMES_PER_RUN = 8;

    /** States kept for the next streams, some 10 MB each. */
    private static final long KEPT_BYTES = 128L << 20;

    private final CodecConfig config;
    private final Stage embeddingStage;
    private final Stage latentStage;
    private final Stage sampleStage;
    private final RotaryTable rotary;
    private final TensorPool pool;
    private final Scope owned;

    /** A graph and what it carries from run to run. */
    private record Stage(OrtModel model, List<Carry> carries) {}

    private OrtCodecDecoder(OrtRuntime runtime, Checkpoint checkpoint, CodecMatrices matrices, Scope owned) {
        this.config = checkpoint.codec();
        this.owned = owned;
        pool = owned.own(new TensorPool(KEPT_BYTES));
        Stateful samples = CodecDecoderGraph.samples(checkpoint, matrices);
        Opening<OrtModel> sampleModel = owned.own(new Opening<>(() -> open(runtime, samples))); // takes longest
        Stateful embeddings = CodecDecoderGraph.embeddings(checkpoint);
        embeddingStage = new Stage(owned.own(open(runtime, embeddings)), embeddings.state());
        Stateful latents = CodecDecoderGraph.latents(checkpoint, matrices);
        latentStage = new Stage(owned.own(open(runtime, latents)), latents.state());
        sampleStage = new Stage(sampleModel.await(), samples.state());
        rotary = owned.own(new RotaryTable(
                config.decoder().transformer().headDim(),
                config.decoder().transformer().ropeTheta()));
    }

    private static OrtModel open(OrtRuntime runtime, Stateful graph) {
        return runtime.openPrepared(graph.model(), OrtRuntime.Size.LARGE);
    }

    /**
     * Opens the decoder of a checkpoint.
     *
     * @param runtime    to run on
     * @param checkpoint configuration and weights
     * @param matrices   how they are multiplied
     * @return to be closed by the caller
     */
    public static OrtCodecDecoder open(OrtRuntime runtime, Checkpoint checkpoint, CodecMatrices matrices) {
        return Scope.open(owned -> new OrtCodecDecoder(runtime, checkpoint, matrices, owned));
    }

    @Override
    public State start() {
        return new HostState();
    }

    @Override
    public int samplesPerFrame() {
        return config.samplesPerFrame();
    }

    @Override
    public void decode(int[] codes, int frames, State state, float[] out, int at) {
        HostState host = (HostState) state;
        for (int done = 0; done < frames; ) {
            int count = Math.min(frames - done, MAX_FRAMES_PER_RUN);
            host.run(codes, done, count, out, at + done * samplesPerFrame());
            done += count;
        }
    }

    /** The audio is left out but for the last frames, which alone decide on the state of its stage. */
    @Override
    public void read(int[] codes, int frames, State state) {
        HostState host = (HostState) state;
        int heard = Math.min(frames, CodecDecoderGraph.memory(config));
        for (int done = 0; done < frames - heard; ) {
            int count = Math.min(frames - heard - done, MAX_FRAMES_PER_RUN);
            host.runLatents(codes, done, count);
            done += count;
        }
        int[] last = Arrays.copyOfRange(
                codes,
                (frames - heard) * config.decoder().codeGroups(),
                frames * config.decoder().codeGroups());
        decode(last, heard, state, new float[heard * samplesPerFrame()], 0);
    }

    @Override
    public void close() {
        owned.close();
    }

    /** What the stages carry, and the tensors of the last run. */
    private final class HostState implements State {

        private final CarriedTensors embeddingPast = new CarriedTensors(embeddingStage.carries(), pool);
        private final CarriedTensors latentPast = new CarriedTensors(latentStage.carries(), pool);
        private final CarriedTensors samplePast = new CarriedTensors(sampleStage.carries(), pool);
        private Run run;
        private long frames;

        @Override
        public long frames() {
            return frames;
        }

        @Override
        public State copy() {
            HostState copy = new HostState();
            copy.embeddingPast.copyFrom(embeddingPast);
            copy.latentPast.copyFrom(latentPast);
            copy.samplePast.copyFrom(samplePast);
            copy.frames = frames;
            return copy;
        }

        void runLatents(int[] codes, int firstFrame, int count) {
            if (run == null || run.frames != count) {
                if (run != null) {
                    run.close();
                }
                run = new Run(count);
            }
            run.codes(codes, firstFrame * config.decoder().codeGroups());
            run.positions(frames);
            embeddingPast.run(embeddingStage.model(), run.toEmbeddings);
            latentPast.run(latentStage.model(), run.toLatents);
            frames += count;
        }

        void run(int[] codes, int firstFrame, int count, float[] out, int at) {
            runLatents(codes, firstFrame, count);
            samplePast.run(sampleStage.model(), run.toSamples);
            run.samples.floats().get(out, at, count * samplesPerFrame());
        }

        @Override
        public void close() {
            try (Scope all = new Scope()) {
                all.own(embeddingPast);
                all.own(latentPast);
                all.own(samplePast);
                if (run != null) {
                    all.own(run);
                }
            }
        }
    }

    /** The inputs and outputs of runs of one length. */
    private final class Run implements AutoCloseable {

        private final Scope owned = new Scope();
        private final int frames;
        private final Tensor codes;
        private final Tensor cos;
        private final Tensor sin;
        private final Tensor mask;
        private final Tensor embeddings;
        private final Tensor latents;
        private final Tensor samples;
        private final OrtModel.Bindings toEmbeddings;
        private final OrtModel.Bindings toLatents;
        private final OrtModel.Bindings toSamples;

        Run(int frames) {
            int halfDim = config.decoder().transformer().headDim() / 2;
            this.frames = frames;
            codes = owned.own(Tensor.longs(frames, config.decoder().codeGroups()));
            cos = owned.own(Tensor.floats(frames, halfDim));
            sin = owned.own(Tensor.floats(frames, halfDim));
            mask = owned.own(Tensor.floats(frames, config.decoder().window() - 1 + frames));
            embeddings = owned.own(Tensor.floats(frames, config.decoder().latent()));
            latents = owned.own(Tensor.floats(frames, config.decoder().latent()));
            samples = owned.own(Tensor.floats((long) frames * samplesPerFrame()));
            toEmbeddings = new OrtModel.Bindings().input("codes", codes).output("embeddings", embeddings);
            toLatents = new OrtModel.Bindings()
                    .input("embeddings", embeddings)
                    .input("cos", cos)
                    .input("sin", sin)
                    .input("mask", mask)
                    .output("latents", latents);
            toSamples = new OrtModel.Bindings().input("latents", latents).output("samples", samples);
        }

        void codes(int[] source, int from) {
            LongBuffer target = codes.longs();
            for (int i = 0; i < target.capacity(); i++) {
                target.put(i, source[from + i]);
            }
        }

        /** Slot u of the keys holds frame {@code start - (window - 1) + u}; the window is what a frame may see. */
        void positions(long start) {
            rotary.fill(start, frames, cos.floats(), sin.floats());
            int past = config.decoder().window() - 1;
            FloatBuffer cells = mask.floats();
            for (int i = 0; i < frames; i++) {
                for (int u = 0; u < past + frames; u++) {
                    boolean seen = start - past + u >= 0 && u >= i && u <= i + past;
                    cells.put(i * (past + frames) + u, seen ? 0 : Float.NEGATIVE_INFINITY);
                }
            }
        }

        @Override
        public void close() {
            owned.close();
        }
    }
}
