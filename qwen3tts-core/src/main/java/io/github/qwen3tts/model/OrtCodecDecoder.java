package io.github.qwen3tts.model;

import io.github.qwen3tts.checkpoint.Checkpoint;
import io.github.qwen3tts.checkpoint.CodecConfig;
import io.github.qwen3tts.model.graph.CodecDecoderGraph;
import io.github.qwen3tts.model.graph.CodecDecoderGraph.Carry;
import io.github.qwen3tts.runtime.OrtModel;
import io.github.qwen3tts.runtime.OrtRuntime;
import io.github.qwen3tts.runtime.Scope;
import io.github.qwen3tts.runtime.Tensor;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;

/** The codec decoder on ONNX Runtime, in two halves: codes to latents, latents to samples. */
public final class OrtCodecDecoder implements CodecDecoder {

    /** Bounds the working memory; longer runs are hardly faster per frame. */
    private static final int MAX_FRAMES_PER_RUN = 8;

    private final CodecConfig config;
    private final Half latents;
    private final Half waveform;
    private final RotaryTable rotary;
    private final Scope owned;

    private OrtCodecDecoder(OrtRuntime runtime, Checkpoint checkpoint, Scope owned) {
        this.owned = owned;
        config = checkpoint.codec();
        latents = Half.open(runtime, CodecDecoderGraph.latents(checkpoint), owned);
        waveform = Half.open(runtime, CodecDecoderGraph.waveform(checkpoint), owned);
        rotary = owned.own(new RotaryTable(
                config.decoder().transformer().headDim(),
                config.decoder().transformer().ropeTheta()));
    }

    /** An opened graph and what it carries from run to run. */
    private record Half(OrtModel model, List<Carry> carries) {

        static Half open(OrtRuntime runtime, CodecDecoderGraph.Stateful graph, Scope owned) {
            return new Half(owned.own(runtime.open(graph.model(), OrtRuntime.Size.LARGE)), graph.state());
        }
    }

    /**
     * Opens the decoder of a checkpoint.
     *
     * @param runtime    to run on
     * @param checkpoint configuration and weights
     * @return to be closed by the caller
     */
    public static OrtCodecDecoder open(OrtRuntime runtime, Checkpoint checkpoint) {
        Scope owned = new Scope();
        try {
            return new OrtCodecDecoder(runtime, checkpoint, owned);
        } catch (RuntimeException e) {
            owned.closeAfter(e);
            throw e;
        }
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
            host.toLatents(codes, done, count);
            host.toSamples(out, at + done * samplesPerFrame());
            done += count;
        }
    }

    @Override
    public void skip(int[] codes, int frames, State state) {
        HostState host = (HostState) state;
        int unheard = frames - CodecDecoderGraph.waveformReach(config.decoder());
        for (int done = 0; done < frames; ) {
            boolean forgotten = done < unheard; // before what the second half still remembers at the end
            int count = Math.min((forgotten ? unheard : frames) - done, MAX_FRAMES_PER_RUN);
            host.toLatents(codes, done, count);
            if (!forgotten) {
                host.toSamples(new float[count * samplesPerFrame()], 0);
            }
            done += count;
        }
    }

    @Override
    public void close() {
        owned.close();
    }

    /** Everything a half carries, twice: one copy is read while the other is written, then they swap. */
    private static final class Carried implements AutoCloseable {

        private final List<Carry> carries;
        private List<Tensor> current;
        private List<Tensor> next;

        Carried(List<Carry> carries) {
            this.carries = carries;
            current = zeros();
            next = zeros();
        }

        private List<Tensor> zeros() {
            List<Tensor> tensors = new ArrayList<>();
            for (Carry carry : carries) {
                tensors.add(Tensor.floats(carry.shape()));
            }
            return tensors;
        }

        void copyFrom(Carried other) {
            for (int i = 0; i < current.size(); i++) {
                current.get(i).floats().put(other.current.get(i).floats());
            }
        }

        void bind(OrtModel.Bindings bindings) {
            for (int i = 0; i < carries.size(); i++) {
                bindings.input(carries.get(i).input(), current.get(i));
                bindings.output(carries.get(i).output(), next.get(i));
            }
        }

        void swap() {
            List<Tensor> written = next;
            next = current;
            current = written;
        }

        @Override
        public void close() {
            try (Scope owned = new Scope()) {
                current.forEach(owned::own);
                next.forEach(owned::own);
            }
        }
    }

    /** One stream. */
    private final class HostState implements State {

        private final Carried latentPast = new Carried(latents.carries());
        private final Carried waveformPast = new Carried(waveform.carries());
        private Run run;
        private long frames;

        @Override
        public long frames() {
            return frames;
        }

        @Override
        public State copy() {
            HostState copy = new HostState();
            copy.latentPast.copyFrom(latentPast);
            copy.waveformPast.copyFrom(waveformPast);
            copy.frames = frames;
            return copy;
        }

        void toLatents(int[] codes, int firstFrame, int count) {
            if (run == null || run.frames != count) {
                if (run != null) {
                    run.close();
                }
                run = new Run(count);
            }
            run.codes(codes, firstFrame * config.decoder().codeGroups());
            run.positions(frames);
            latentPast.bind(run.toLatents);
            latents.model().run(run.toLatents);
            latentPast.swap();
            frames += count;
        }

        /** The audio of the latents made last. */
        void toSamples(float[] out, int at) {
            waveformPast.bind(run.toSamples);
            waveform.model().run(run.toSamples);
            waveformPast.swap();
            run.samples.floats().get(out, at, run.frames * samplesPerFrame());
        }

        @Override
        public void close() {
            try (Scope all = new Scope()) {
                all.own(latentPast);
                all.own(waveformPast);
                if (run != null) {
                    all.own(run);
                }
            }
        }
    }

    /** The inputs and outputs of runs of one length. */
    private final class Run implements AutoCloseable {

        private final Scope tensors = new Scope();
        private final int frames;
        private final Tensor codes;
        private final Tensor cos;
        private final Tensor sin;
        private final Tensor mask;
        private final Tensor samples;
        private final OrtModel.Bindings toLatents;
        private final OrtModel.Bindings toSamples;

        Run(int frames) {
            int halfDim = config.decoder().transformer().headDim() / 2;
            this.frames = frames;
            codes = tensors.own(Tensor.longs(frames, config.decoder().codeGroups()));
            cos = tensors.own(Tensor.floats(frames, halfDim));
            sin = tensors.own(Tensor.floats(frames, halfDim));
            mask = tensors.own(Tensor.floats(frames, config.decoder().window() - 1 + frames));
            samples = tensors.own(Tensor.floats((long) frames * samplesPerFrame()));
            Tensor between = tensors.own(Tensor.floats(frames, config.decoder().latent()));
            toLatents = new OrtModel.Bindings()
                    .input("codes", codes)
                    .input("cos", cos)
                    .input("sin", sin)
                    .input("mask", mask)
                    .output("latents", between);
            toSamples = new OrtModel.Bindings().input("latents", between).output("samples", samples);
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
            tensors.close();
        }
    }
}
