package io.github.qwen3tts.internal.model.cuda;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.LanguageModel;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.cuda.CudaDevice;
import io.github.qwen3tts.internal.runtime.cuda.FrameGraph;
import io.github.qwen3tts.internal.runtime.cuda.SlotStatus;
import io.github.qwen3tts.internal.runtime.cuda.SlotTable;
import io.github.qwen3tts.internal.runtime.cuda.TensorLinear;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The language model on a GPU. Streams own slots; any of them may be stepped together, and a frame is one launch of a
 * graph whatever they are. One caller at a time, on any thread; takes turns with the codec decoder on the device.
 */
public final class CudaLanguageModel implements LanguageModel {

    private static final int IDLE = -1;

    private final CudaDevice device;
    private final ReentrantLock turns;
    private final LanguageNetwork network;
    private final CudaSettings settings;
    private final int codeGroups;
    private final Scope owned = new Scope();
    private final Map<Integer, FrameGraph> frames = new HashMap<>(); // by bucket
    private final Map<Integer, FrameGraph> embedPrompt = new HashMap<>(); // by padded rows
    private final Map<Integer, FrameGraph> readPrompt = new HashMap<>(); // by padded rows
    private final Slots slots;
    private final KeptPrefixes prefixes;
    private final StagedPrompt staged;
    private final ByteBuffer slotIds; // [streams] ints
    private int[] uploadedSlots = {};
    private final ByteBuffer state; // progress and codes, as read back last

    /** Captures every graph now, so that no stream waits for it later. {@code turns} says whose the device is. */
    CudaLanguageModel(
            CudaDevice device,
            ReentrantLock turns,
            Checkpoint checkpoint,
            CudaSettings settings,
            LanguageNetwork network) {
        this.device = device;
        this.turns = turns;
        this.network = network;
        this.settings = settings;
        codeGroups = checkpoint.config().talker().codeGroups();
        slots = new Slots(turns, settings.maxStreams(), "every stream of the device is speaking", "maxStreams");
        prefixes = new KeptPrefixes(network.prefixes().slots());
        staged = new StagedPrompt(device, network, codeGroups);
        slotIds = device.hostBuffer(Buckets.of(settings.maxStreams()) * Integer.BYTES);
        state = device.hostBuffer((int) network.stateBytes());
        for (int rows = TensorLinear.FEWEST_ROWS; rows <= LanguageNetwork.PROMPT_ROWS; rows *= 2) {
            embedPrompt.put(rows, owned.own(device.capture("prompt rows, " + rows, network.embedPrompt(rows))));
            readPrompt.put(rows, owned.own(device.capture("prompt of " + rows, network.readPrompt(rows))));
        }
        for (int bucket = 1; bucket <= Buckets.of(settings.maxStreams()); bucket *= 2) {
            frames.put(bucket, owned.own(device.capture("frame of " + bucket, network.frame(bucket))));
        }
        projectPad(checkpoint.config().prompt().text().pad());
    }

    private void projectPad(int id) {
        ByteBuffer ids = ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        device.upload(ids.putInt(id).flip(), network.promptTable());
        device.run(network.textRows(1, network.pad()));
    }

    @Override
    public int maxBatch() {
        return settings.maxStreams();
    }

    /**
     * {@inheritDoc}
     *
     * @throws InvalidRequestException if the prompt does not fit the room a stream has
     */
    @Override
    public Generation begin(Prompt prompt, GenerationOptions generation, RandomKey key) {
        int positions = prompt.positions();
        if (positions > settings.maxPositions() - 1 || prompt.trailing().length > settings.maxTextRows()) {
            throw new InvalidRequestException(Check.message(
                            "prompt is longer than a stream has room for",
                            "positions",
                            positions,
                            "maxPositions",
                            settings.maxPositions(),
                            "textRows",
                            prompt.trailing().length,
                            "maxTextRows",
                            settings.maxTextRows())
                    + "; split the text, or open the engine with more room");
        }
        turns.lock();
        try {
            Stream stream = new Stream(slots.take());
            try {
                read(prompt, stream.slot(), request(prompt, generation, key));
                for (int from = 0; from < prompt.trailing().length; from += LanguageNetwork.PROMPT_ROWS) {
                    int count = Math.min(LanguageNetwork.PROMPT_ROWS, prompt.trailing().length - from);
                    staged.trailing(from, count);
                    device.run(network.textRows(count, network.trailing(stream.slot(), from)));
                }
                device.finish(); // the time is this stream's, not that of all in the next step
                return stream;
            } catch (RuntimeException e) {
                stream.close();
                throw e;
            }
        } finally {
            turns.unlock();
        }
    }

    private SlotTable.Request request(Prompt prompt, GenerationOptions generation, RandomKey key) {
        int room = settings.maxPositions() - prompt.positions() + 1;
        return new SlotTable.Request(
                generation.talker(),
                generation.codePredictor(),
                generation.repetitionPenalty(),
                Math.min(generation.maxNewTokens(), room),
                key.seed(),
                key.stream(),
                prompt.trailing().length);
    }

    /**
     * The whole prompt. A prefix that was read before is copied if the rest takes a smaller pass or one less, and
     * kept for the next prompt if it would have; rows are the same bits in whatever company they are read.
     */
    private void read(Prompt prompt, int slot, SlotTable.Request request) {
        device.clear(network.seen(slot), network.seen(1) - network.seen(0));
        int cached = prompt.positions() - 1;
        int rows = Math.min(Math.min(prompt.prefix(), network.prefixes().maxPositions()), cached);
        if (StagedPrompt.computedRows(cached - rows) == StagedPrompt.computedRows(cached)) {
            readFrom(0, prompt, slot, request);
            return;
        }
        PromptPrefix prefix = PromptPrefix.of(prompt, rows, codeGroups);
        OptionalInt kept = prefixes.find(prefix);
        if (kept.isPresent()) {
            device.run(List.of(network.takePrefix(kept.getAsInt(), slot, rows)));
            readFrom(rows, prompt, slot, request);
        } else {
            readFrom(0, prompt, slot, request);
            int place = prefixes.vacate();
            device.run(List.of(network.keepPrefix(slot, place, rows)));
            prefixes.put(prefix, place); // not before it is there
        }
    }

    /** Rows from one on into the cache, but the very last row into the slot's next input. */
    private void readFrom(int first, Prompt prompt, int slot, SlotTable.Request request) {
        staged.upload(prompt, first, slot, request);
        int last = prompt.positions() - 1;
        for (int from = first; from <= last; from += LanguageNetwork.PROMPT_ROWS) {
            int rows = Math.min(LanguageNetwork.PROMPT_ROWS, last + 1 - from);
            staged.piece(from - first);
            embedPrompt.get(TensorLinear.padded(rows)).launch();
            if (last < from + rows) {
                device.copy(network.promptRow(last - from), network.nextInput(slot), network.rowBytes());
            }
            int cached = Math.min(rows, last - from);
            if (cached > 0) {
                readPrompt.get(TensorLinear.padded(cached)).launch();
            }
        }
    }

    @Override
    public void step(List<Generation> streams) {
        turns.lock();
        try {
            int bucket = Buckets.of(streams.size());
            uploadSlots(streams, bucket);
            frames.get(bucket).launch();
            device.download(network.state(), state);
            for (int row = 0; row < streams.size(); row++) {
                ((Stream) streams.get(row)).take(row);
            }
        } finally {
            turns.unlock();
        }
    }

    /** Mostly the same streams as the frame before, which are there already. */
    private void uploadSlots(List<Generation> streams, int bucket) {
        int[] slots = new int[bucket];
        for (int row = 0; row < bucket; row++) {
            slots[row] = row < streams.size() ? ((Stream) streams.get(row)).slot() : IDLE;
        }
        if (!Arrays.equals(slots, uploadedSlots)) {
            slotIds.clear().asIntBuffer().put(slots);
            device.upload(slotIds.limit(bucket * Integer.BYTES), network.slotIds());
            uploadedSlots = slots;
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

    /** One stream: its slot, and what the last step gave back. */
    private final class Stream implements Generation {

        private final Slots.Slot slot;
        private final int[] codes = new int[codeGroups];
        private Progress progress = Progress.FRAME;
        private int frames;
        private String failure; // null while all is well

        Stream(Slots.Slot slot) {
            this.slot = slot;
            Arrays.fill(codes, IDLE);
        }

        private int slot() {
            return slot.index();
        }

        /** Reads the results of a step whose row {@code row} was this stream. */
        void take(int row) {
            int record = slot() * SlotTable.PROGRESS_BYTES;
            int status = state.getInt(record + SlotTable.STATUS * Integer.BYTES);
            switch (SlotStatus.values()[status]) {
                case SPEAKING -> {
                    int from = settings.maxStreams() * SlotTable.PROGRESS_BYTES + row * codeGroups * Integer.BYTES;
                    for (int group = 0; group < codeGroups; group++) {
                        codes[group] = state.getInt(from + group * Integer.BYTES);
                    }
                    frames++;
                }
                case ENDED -> progress = Progress.END_OF_SPEECH;
                case LIMIT -> progress = Progress.LIMIT;
                case NOT_FINITE ->
                    failure = Check.message("logits are not finite", "frame", frames, "slot", slot())
                            + "; the model overflowed: use a wider precision, or check the weights";
                default -> throw new IllegalStateException("unknown status " + status);
            }
        }

        @Override
        public Progress progress() {
            if (failure != null) {
                throw new DeviceException(failure); // the others of the batch go on
            }
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
            slot.close();
        }
    }
}
