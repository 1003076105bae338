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

/** The codec decoder on ONNX Runtime. */
public final class OrtCodecDecoder implements CodecDecoder {

    /** Bounds the working memory; longer runs are hardly faster per frame. */
    private static final int MAX_FRAMES_PER_RUN = 8;

    private final CodecConfig config;
    private final OrtModel model;
    private final List<Carry> carries;
    private final RotaryTable rotary;

    private OrtCodecDecoder(CodecConfig config, OrtModel model, List<Carry> carries) {
        this.config = config;
        this.model = model;
        this.carries = carries;
        this.rotary = new RotaryTable(
                config.decoder().transformer().headDim(),
                config.decoder().transformer().ropeTheta());
    }

    /**
     * Opens the decoder of a checkpoint.
     *
     * @param runtime    to run on
     * @param checkpoint configuration and weights
     * @return to be closed by the caller
     */
    public static OrtCodecDecoder open(OrtRuntime runtime, Checkpoint checkpoint) {
        CodecDecoderGraph.Stateful graph = CodecDecoderGraph.build(checkpoint);
        OrtModel model = runtime.open(graph.model(), OrtRuntime.Size.LARGE);
        return new OrtCodecDecoder(checkpoint.codec(), model, graph.state());
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

    @Override
    public void close() {
        model.close();
        rotary.close();
    }

    /** Two copies of everything carried: one is read while the other is written, then they swap. */
    private final class HostState implements State {

        private List<Tensor> current = zeros();
        private List<Tensor> next = zeros();
        private Run run;
        private long frames;

        private List<Tensor> zeros() {
            List<Tensor> tensors = new ArrayList<>();
            for (Carry carry : carries) {
                tensors.add(Tensor.floats(carry.shape()));
            }
            return tensors;
        }

        @Override
        public long frames() {
            return frames;
        }

        @Override
        public State copy() {
            HostState copy = new HostState();
            for (int i = 0; i < current.size(); i++) {
                copy.current.get(i).floats().put(current.get(i).floats());
            }
            copy.frames = frames;
            return copy;
        }

        void run(int[] codes, int firstFrame, int count, float[] out, int at) {
            if (run == null || run.frames != count) {
                if (run != null) {
                    run.close();
                }
                run = new Run(count);
            }
            run.codes(codes, firstFrame * config.decoder().codeGroups());
            run.positions(frames);
            OrtModel.Bindings bindings = run.bindings();
            for (int i = 0; i < carries.size(); i++) {
                bindings.input(carries.get(i).input(), current.get(i));
                bindings.output(carries.get(i).output(), next.get(i));
            }
            model.run(bindings);
            run.samples.floats().get(out, at, count * samplesPerFrame());
            List<Tensor> written = next;
            next = current;
            current = written;
            frames += count;
        }

        @Override
        public void close() {
            try (Scope owned = new Scope()) {
                current.forEach(owned::own);
                next.forEach(owned::own);
                if (run != null) {
                    owned.own(run);
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
        private final Tensor samples;
        private final OrtModel.Bindings bindings;

        Run(int frames) {
            int halfDim = config.decoder().transformer().headDim() / 2;
            this.frames = frames;
            codes = owned.own(Tensor.longs(frames, config.decoder().codeGroups()));
            cos = owned.own(Tensor.floats(frames, halfDim));
            sin = owned.own(Tensor.floats(frames, halfDim));
            mask = owned.own(Tensor.floats(frames, config.decoder().window() - 1 + frames));
            samples = owned.own(Tensor.floats((long) frames * samplesPerFrame()));
            bindings = new OrtModel.Bindings()
                    .input("codes", codes)
                    .input("cos", cos)
                    .input("sin", sin)
                    .input("mask", mask)
                    .output("samples", samples);
        }

        OrtModel.Bindings bindings() {
            return bindings;
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
