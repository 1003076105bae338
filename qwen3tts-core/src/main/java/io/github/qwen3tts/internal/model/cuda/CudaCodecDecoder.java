package io.github.qwen3tts.internal.model.cuda;

import io.github.qwen3tts.internal.model.CodecDecoder;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.cuda.CudaDevice;
import io.github.qwen3tts.internal.runtime.cuda.FrameGraph;
import io.github.qwen3tts.internal.runtime.cuda.SlotTable;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The codec decoder on a GPU. States own slots; calls of any thread take turns on the device, with each other and with
 * the language model.
 */
public final class CudaCodecDecoder implements CodecDecoder {

    /** Bounds the memory in which a call's codes and samples wait. */
    private static final int MAX_FRAMES_PER_RUN = 8;

    private static final int IDLE = -1;
    private static final float[] NO_SAMPLES = {};

    private final CudaDevice device;
    private final ReentrantLock turns;
    private final CodecNetwork network;
    private final long staging; // [frames] times slots and codes, then [frames] times samples
    private final Scope owned = new Scope();
    private final Map<Integer, FrameGraph> graphs = new HashMap<>(); // by bucket
    private final Slots slots;
    private final ByteBuffer input;
    private final ByteBuffer output;

    /** Captures every graph now. {@code turns} says whose the device is. */
    CudaCodecDecoder(CudaDevice device, ReentrantLock turns, CodecNetwork network, int states, long staging) {
        this.device = device;
        this.turns = turns;
        this.network = network;
        slots = new Slots(turns, states, "every codec state of the device is in use", "states");
        this.staging = staging;
        input = device.hostBuffer((int) inputBytes(network) * MAX_FRAMES_PER_RUN);
        output = device.hostBuffer((int) outputBytes(network) * MAX_FRAMES_PER_RUN);
        for (int bucket = 1; bucket <= network.maxStreams(); bucket *= 2) {
            graphs.put(bucket, owned.own(device.capture("codec frame of " + bucket, network.frame(bucket))));
        }
    }

    /** Slots, then codes, of one frame of the most streams. */
    private static long inputBytes(CodecNetwork network) {
        return (long) network.maxStreams() * (1 + network.codeGroups()) * Integer.BYTES;
    }

    private static long outputBytes(CodecNetwork network) {
        return (long) network.maxStreams() * network.samplesPerFrame() * Float.BYTES;
    }

    static long stagingBytes(CodecNetwork network) {
        return (inputBytes(network) + outputBytes(network)) * MAX_FRAMES_PER_RUN;
    }

    @Override
    public int samplesPerFrame() {
        return network.samplesPerFrame();
    }

    @Override
    public State start() {
        turns.lock();
        try {
            SlotState state = new SlotState(0);
            device.clear(network.state(state.index()), network.stateBytes());
            device.clear(network.progress(state.index()), SlotTable.PROGRESS_BYTES);
            return state;
        } finally {
            turns.unlock();
        }
    }

    @Override
    public void decode(int[] codes, int frames, State state, float[] out, int at) {
        decode(List.of(new Piece(codes, frames, state, out, at)));
    }

    /** The samples stay on the device: everything else is as much work as decoding. */
    @Override
    public void read(int[] codes, int frames, State state) {
        List<Piece> pieces = List.of(new Piece(codes, frames, state, NO_SAMPLES, 0));
        inRuns(frames, (done, count) -> {
            run(pieces, done, count);
            ((SlotState) state).frames += count;
        });
    }

    @Override
    public void decode(List<Piece> pieces) {
        int most = pieces.stream().mapToInt(Piece::frames).max().orElse(0);
        inRuns(most, (done, count) -> {
            run(pieces, done, count);
            takeSamples(pieces, done, count);
        });
    }

    private interface Run {
        void frames(int first, int count);
    }

    /** Lets others have the device in between: a long reference does not hold up the streams that speak. */
    private void inRuns(int frames, Run run) {
        for (int done = 0; done < frames; done += MAX_FRAMES_PER_RUN) {
            turns.lock();
            try {
                run.frames(done, Math.min(MAX_FRAMES_PER_RUN, frames - done));
            } finally {
                turns.unlock();
            }
        }
    }

    /** Frames {@code first .. first + frames} of every piece that has so many; their samples wait on the device. */
    private void run(List<Piece> pieces, int first, int frames) {
        int bucket = Buckets.of(pieces.size());
        FrameGraph graph = graphs.get(bucket);
        long inputBytes = (long) bucket * (1 + network.codeGroups()) * Integer.BYTES;
        input.clear();
        for (int frame = first; frame < first + frames; frame++) {
            putSlots(pieces, frame, bucket);
            putCodes(pieces, frame, bucket);
        }
        device.upload(input.flip(), staging);
        for (int i = 0; i < frames; i++) {
            long slotsAt = staging + i * inputBytes;
            long slotBytes = (long) bucket * Integer.BYTES;
            device.copy(slotsAt, network.slotIds(), slotBytes);
            device.copy(slotsAt + slotBytes, network.codes(), inputBytes - slotBytes);
            graph.launch();
            device.copy(network.samples(), samplesAt(i, bucket), samplesAt(1, bucket) - samplesAt(0, bucket));
        }
    }

    /** Where the samples of a run's frame wait. */
    private long samplesAt(int frame, int bucket) {
        long before = inputBytes(network) * MAX_FRAMES_PER_RUN;
        return staging + before + (long) frame * bucket * network.samplesPerFrame() * Float.BYTES;
    }

    private void takeSamples(List<Piece> pieces, int first, int frames) {
        int bucket = Buckets.of(pieces.size());
        output.clear().limit((int) (samplesAt(frames, bucket) - samplesAt(0, bucket)));
        device.download(samplesAt(0, bucket), output);
        for (int row = 0; row < pieces.size(); row++) {
            take(pieces.get(row), row, bucket, first, frames);
        }
    }

    private void putSlots(List<Piece> pieces, int frame, int bucket) {
        for (int row = 0; row < bucket; row++) {
            boolean used = row < pieces.size() && frame < pieces.get(row).frames();
            input.putInt(used ? ((SlotState) pieces.get(row).state()).index() : IDLE);
        }
    }

    private void putCodes(List<Piece> pieces, int frame, int bucket) {
        for (int row = 0; row < bucket; row++) {
            boolean used = row < pieces.size() && frame < pieces.get(row).frames();
            for (int group = 0; group < network.codeGroups(); group++) {
                input.putInt(used ? pieces.get(row).codes()[frame * network.codeGroups() + group] : 0);
            }
        }
    }

    private void take(Piece piece, int row, int bucket, int first, int frames) {
        int samples = network.samplesPerFrame();
        for (int frame = first; frame < Math.min(first + frames, piece.frames()); frame++) {
            int from = ((frame - first) * bucket + row) * samples * Float.BYTES;
            output.slice(from, samples * Float.BYTES)
                    .order(output.order())
                    .asFloatBuffer()
                    .get(piece.out(), piece.at() + frame * samples, samples);
            ((SlotState) piece.state()).frames++;
        }
    }

    @Override
    public void close() {
        turns.lock();
        try {
            owned.close();
        } finally {
            turns.unlock();
        }
    }

    /** A state in its place on the device. */
    private final class SlotState implements State {

        private final Slots.Slot slot = slots.take();
        private long frames;

        SlotState(long frames) {
            this.frames = frames;
        }

        private int index() {
            return slot.index();
        }

        @Override
        public long frames() {
            return frames;
        }

        @Override
        public State copy() {
            turns.lock();
            try {
                SlotState copy = new SlotState(frames);
                device.copy(network.state(index()), network.state(copy.index()), network.stateBytes());
                device.copy(network.progress(index()), network.progress(copy.index()), SlotTable.PROGRESS_BYTES);
                return copy;
            } finally {
                turns.unlock();
            }
        }

        @Override
        public void close() {
            slot.close();
        }
    }
}
