package io.github.qwen3tts.internal.model.cuda;

import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.api.WeightFormat;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.ModelConfig.CodePredictorConfig;
import io.github.qwen3tts.internal.checkpoint.ModelConfig.TalkerConfig;
import io.github.qwen3tts.internal.quantize.PackedMatrix;
import io.github.qwen3tts.internal.runtime.cuda.Activation;
import io.github.qwen3tts.internal.runtime.cuda.CudaDevice;
import io.github.qwen3tts.internal.runtime.cuda.CudaOptions;
import io.github.qwen3tts.internal.runtime.cuda.DeviceKvCache;
import io.github.qwen3tts.internal.runtime.cuda.DeviceMatrix;
import io.github.qwen3tts.internal.runtime.cuda.DeviceMemory;
import io.github.qwen3tts.internal.runtime.cuda.DeviceTable;
import io.github.qwen3tts.internal.runtime.cuda.EmbedSum;
import io.github.qwen3tts.internal.runtime.cuda.HeadSample;
import io.github.qwen3tts.internal.runtime.cuda.KvCopy;
import io.github.qwen3tts.internal.runtime.cuda.Launch;
import io.github.qwen3tts.internal.runtime.cuda.LinearLaunches;
import io.github.qwen3tts.internal.runtime.cuda.RmsNormLinear;
import io.github.qwen3tts.internal.runtime.cuda.RowTable;
import io.github.qwen3tts.internal.runtime.cuda.Rows;
import io.github.qwen3tts.internal.runtime.cuda.SlotTable;
import io.github.qwen3tts.internal.runtime.cuda.TableType;
import io.github.qwen3tts.internal.runtime.cuda.TensorLinear;
import io.github.qwen3tts.internal.runtime.cuda.TextProjection;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.sample.TalkerRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Talker and code predictor on a device: weights, caches, and the launches of a prompt and of a frame in their order.
 * Immutable once built; what changes lies on the device. Built twice, first against a prediction of memory.
 */
final class LanguageNetwork {

    /** Prompt rows that are read together at most. */
    static final int PROMPT_ROWS = TensorLinear.MOST_ROWS;

    /** Prefixes kept at most. */
    private static final int MOST_PREFIXES = 8;

    /** Prefixes kept for one stream, on which a few voices may take turns. */
    private static final int PREFIXES_PER_STREAM = 4;

    /** Rows kept of a prefix, which has about ten and those of an instruction or a transcript. */
    private static final int MOST_PREFIX_ROWS = 48;

    /**
     * Where a prompt piece's ids go, all ints, one after the other: {@code text ids, text rows, vector rows, slots,
     * positions} of {@value #PROMPT_ROWS} rows each, then {@code codes [rows, groups]}.
     */
    private final long promptTable;

    private final long staging; // see StagedPrompt
    private final long stagingBytes;

    private final TalkerConfig talkerConfig;
    private final CodePredictorConfig predictorConfig;
    private final DeviceWeights weights;
    private final TransformerNetwork talker;
    private final LinearLaunches promptLinear;
    private final DeviceKvCache prefixes; // a slot per prefix
    private final TransformerNetwork predictor;
    private final Optional<RmsNormLinear> predictorInput;
    private final RmsNormLinear talkerHead;
    private final List<RmsNormLinear> predictorHeads = new ArrayList<>();
    private final TextProjection text;
    private final EmbedSum embedSum;
    private final HeadSample sample;
    private final HeadSample.FirstGroupRules rules;
    private final SlotTable slots;
    private final RowTable frameRows;
    private final Map<Integer, RowTable> firstPass = new HashMap<>(); // by bucket
    private final List<RowTable> laterPasses = new ArrayList<>(); // [groups - 2]
    private final EmbedSum.Trailing trailing;

    private final int maxStreams;
    private final long state; // progress [slots], then codes [streams, groups]: read back together
    private final long stateBytes;
    private final long requests; // [slots]
    private final long seen; // [slots, vocab] bytes
    private final long slotIds; // [streams]
    private final long nextInput; // [slots, hidden]
    private final long x; // [streams, hidden]
    private final long logits; // [streams, vocab]
    private final long predictorIn; // [2 streams, hidden]: talker hidden and code 0, then one code after the other
    private final long predictorX; // [2 streams, predictor hidden]
    private final long predictorLogits; // [streams, codes]
    private final long promptX; // [PROMPT_ROWS, hidden]
    private final long textRows; // [PROMPT_ROWS, text hidden]
    private final long textHidden; // [PROMPT_ROWS, text hidden]
    private final long textOut; // [PROMPT_ROWS, hidden]
    private final long speaker; // [hidden]

    /**
     * Takes memory for everything.
     *
     * @param memory     where from
     * @param checkpoint configuration and weights
     * @param settings   precision and sizes
     * @param quantized  the cache file of quantised weights, if one is needed and known
     */
    LanguageNetwork(
            DeviceMemory memory, Checkpoint checkpoint, CudaSettings settings, Optional<Safetensors> quantized) {
        Precision precision = settings.precision();
        talkerConfig = checkpoint.config().talker();
        predictorConfig = checkpoint.config().codePredictor();
        maxStreams = settings.maxStreams();
        weights = new DeviceWeights(memory, checkpoint.weights(), quantized);
        int largest = Buckets.of(maxStreams);
        int hidden = talkerConfig.transformer().hidden();
        int predictorHidden = predictorConfig.transformer().hidden();
        int groups = talkerConfig.codeGroups();

        talker = new TransformerNetwork(
                memory,
                weights,
                "talker.model",
                talkerConfig.transformer(),
                precision.talker(),
                new TransformerNetwork.Sizes(Math.max(PROMPT_ROWS, largest), maxStreams, settings.maxPositions()));
        prefixes = DeviceKvCache.take(
                memory,
                "prefixes",
                talker.caches()
                        .shape()
                        .withRoom(
                                Math.min(MOST_PREFIXES, PREFIXES_PER_STREAM * maxStreams),
                                Math.min(MOST_PREFIX_ROWS, settings.maxPositions())));
        promptLinear = promptLinear(memory, checkpoint.config().talker(), precision.talker());
        talkerHead = talker.head(head(precision, "talker", hidden, "codec_head", talkerConfig.vocab()));
        predictorInput = hidden == predictorHidden
                ? Optional.empty()
                : Optional.of(projection(precision, hidden, predictorHidden));
        predictor = new TransformerNetwork(
                memory,
                weights,
                "talker.code_predictor.model",
                predictorConfig.transformer(),
                precision.codePredictor(),
                new TransformerNetwork.Sizes(2 * largest, largest, groups));
        for (int i = 0; i < groups - 1; i++) {
            predictorHeads.add(predictor.head(head(
                    precision,
                    "talker.code_predictor.lm_head",
                    predictorHidden,
                    Integer.toString(i),
                    predictorConfig.vocab())));
        }

        TableType tables = precision.talker() == WeightFormat.FP32 ? TableType.FP32 : TableType.BF16;
        embedSum = new EmbedSum(
                weights.table(tables, hidden, codecTables()), talkerConfig.vocab(), predictorConfig.vocab(), groups);
        text = textProjection(tables, hidden);

        requests = memory.take("requests", (long) maxStreams * SlotTable.REQUEST_BYTES);
        stateBytes = (long) maxStreams * SlotTable.PROGRESS_BYTES + (long) largest * groups * Integer.BYTES;
        state = memory.take("progress and codes", stateBytes);
        slots = new SlotTable(requests, state);
        seen = memory.take("history", (long) maxStreams * talkerConfig.vocab());
        slotIds = memory.take("slots", (long) largest * Integer.BYTES);
        nextInput = memory.take("next inputs", TransformerNetwork.floats(maxStreams, hidden));
        x = memory.take("talker rows", TransformerNetwork.floats(largest, hidden));
        logits = memory.take("talker logits", TransformerNetwork.floats(largest, talkerConfig.vocab()));
        predictorIn = memory.take("predictor inputs", TransformerNetwork.floats(2 * largest, hidden));
        predictorX = predictorInput.isPresent()
                ? memory.take("predictor rows", TransformerNetwork.floats(2 * largest, predictorHidden))
                : predictorIn;
        predictorLogits = memory.take("predictor logits", TransformerNetwork.floats(largest, predictorConfig.vocab()));
        promptTable = memory.take("prompt ids", StagedPrompt.tableBytes(groups));
        stagingBytes = StagedPrompt.bytes(rowBytes(), settings.maxPositions(), settings.maxTextRows(), groups);
        staging = memory.take("prompt staging", stagingBytes);
        promptX = memory.take("prompt rows", TransformerNetwork.floats(PROMPT_ROWS, hidden));
        textRows = memory.take("text rows", TransformerNetwork.floats(PROMPT_ROWS, talkerConfig.textHidden()));
        textHidden = memory.take("text hidden", TransformerNetwork.floats(PROMPT_ROWS, talkerConfig.textHidden()));
        textOut = memory.take("text out", TransformerNetwork.floats(PROMPT_ROWS, hidden));
        speaker = memory.take("speaker", TransformerNetwork.floats(1, hidden));
        int capacity = settings.maxTextRows();
        trailing = new EmbedSum.Trailing(
                memory.take("trailing text", TransformerNetwork.floats(maxStreams * capacity, hidden)),
                capacity,
                memory.take("text pad", TransformerNetwork.floats(1, hidden)));

        frameRows = new RowTable(
                memory.take("frame slots", (long) largest * Integer.BYTES),
                memory.take("frame positions", (long) largest * Integer.BYTES));
        sample = new HeadSample(codes(), groups, slots, frameRows);
        rules = new HeadSample.FirstGroupRules(
                seen, talkerConfig.endOfSpeech(), talkerConfig.vocab() - TalkerRules.CONTROL_CODES);
        for (int rows = 1; rows <= largest; rows *= 2) {
            firstPass.put(rows, predictorRows(2 * rows, rows, 0));
        }
        for (int step = 1; step < groups - 1; step++) {
            laterPasses.add(predictorRows(largest, largest, step + 1));
        }
    }

    private static LinearLaunches promptLinear(DeviceMemory memory, TalkerConfig talker, WeightFormat format) {
        if (format == WeightFormat.FP32 || !CudaOptions.isOn("cudaTensorCores")) {
            return LinearLaunches.PLAIN;
        }
        int inputs = IntStream.of(
                        talker.transformer().hidden(),
                        talker.transformer().queryWidth(),
                        talker.transformer().intermediate(),
                        talker.textHidden())
                .max()
                .getAsInt();
        return new TensorLinear(memory.take("prompt fragments", TensorLinear.fragmentBytes(inputs)));
    }

    /** Rows of streams 0, 1, ..., all at one position, then the same streams at the next, and so on. */
    private RowTable predictorRows(int rows, int streams, int position) {
        int[] ids = new int[rows];
        int[] positions = new int[rows];
        for (int row = 0; row < rows; row++) {
            ids[row] = row % streams;
            positions[row] = position + row / streams;
        }
        return new RowTable(weights.ints("predictor slots", ids), weights.ints("predictor positions", positions));
    }

    private DeviceMatrix head(Precision precision, String path, int inputs, String name, int codes) {
        return weights.matrix(precision.heads(), path, inputs, new PackedMatrix.Part(name, codes));
    }

    private RmsNormLinear projection(Precision precision, int hidden, int predictorHidden) {
        PackedMatrix.Part part = new PackedMatrix.Part("small_to_mtp_projection", predictorHidden);
        return RmsNormLinear.plain(
                weights.matrix(precision.codePredictor(), "talker.code_predictor", hidden, part),
                weights.vector("talker.code_predictor.small_to_mtp_projection.bias", predictorHidden),
                Activation.NONE);
    }

    private List<PackedMatrix.Part> codecTables() {
        List<PackedMatrix.Part> tables = new ArrayList<>();
        tables.add(new PackedMatrix.Part("talker.model.codec_embedding", talkerConfig.vocab()));
        for (int i = 0; i < talkerConfig.codeGroups() - 1; i++) {
            tables.add(
                    new PackedMatrix.Part("talker.code_predictor.model.codec_embedding." + i, predictorConfig.vocab()));
        }
        return tables;
    }

    private TextProjection textProjection(TableType tables, int hidden) {
        WeightFormat format = tables == TableType.FP32 ? WeightFormat.FP32 : WeightFormat.BF16;
        int width = talkerConfig.textHidden();
        String path = "talker.text_projection";
        return new TextProjection(
                weights.table(
                        tables,
                        width,
                        List.of(new PackedMatrix.Part("talker.model.text_embedding", talkerConfig.textVocab()))),
                RmsNormLinear.plain(
                        weights.matrix(format, path, width, new PackedMatrix.Part("linear_fc1", width)),
                        weights.vector(path + ".linear_fc1.bias", width),
                        Activation.SILU),
                RmsNormLinear.plain(
                        weights.matrix(format, path, width, new PackedMatrix.Part("linear_fc2", hidden)),
                        weights.vector(path + ".linear_fc2.bias", hidden),
                        Activation.NONE));
    }

    /** The quantised matrices that the weights need. */
    List<PackedMatrix> quantizedMatrices() {
        return weights.wanted();
    }

    /** Fills the weights, and zeros what has to be zero before the first launch. */
    void load(CudaDevice device) {
        weights.upload(device);
        talker.clear(device);
        predictor.clear(device);
    }

    /** Text ids at {@link #promptTable} to rows at {@code out}. */
    List<Launch> textRows(int rows, long out) {
        int width = talkerConfig.textHidden();
        return text.launch(
                promptTable,
                new Rows(textRows, rows, width),
                new Rows(textHidden, rows, text.first().weights().outputs()),
                new Rows(out, rows, talkerConfig.transformer().hidden()),
                promptLinear);
    }

    /**
     * A piece of a prompt from its ids to its rows, at {@link #promptRow}.
     *
     * @param rows padded
     */
    List<Launch> embedPrompt(int rows) {
        List<Launch> launches = new ArrayList<>(textRows(rows, textOut));
        EmbedSum.PromptRows prompt =
                new EmbedSum.PromptRows(promptInts(5), textOut, promptInts(1), speaker, promptInts(2));
        launches.add(embedSum.prompt(prompt, promptRows(rows)));
        return launches;
    }

    /**
     * The rows of a piece of a prompt through all layers, which leaves their keys and values in the cache.
     *
     * @param rows padded
     */
    List<Launch> readPrompt(int rows) {
        List<Launch> launches = new ArrayList<>();
        talker.pass(promptRows(rows), new RowTable(promptInts(3), promptInts(4)), promptLinear, launches);
        return launches;
    }

    /** The first rows of a stream's cache to a place of the prefixes. */
    Launch keepPrefix(int slot, int place, int rows) {
        return new KvCopy(talker.caches(), prefixes).launch(slot, place, rows);
    }

    /** The way back. */
    Launch takePrefix(int place, int slot, int rows) {
        return new KvCopy(prefixes, talker.caches()).launch(place, slot, rows);
    }

    /**
     * One frame of up to {@code rows} streams: a talker step, code 0, the other codes, the next input.
     *
     * @param rows a bucket
     */
    List<Launch> frame(int rows) {
        List<Launch> launches = new ArrayList<>();
        int hidden = talkerConfig.transformer().hidden();
        Rows stream = new Rows(x, rows, hidden);
        Rows scores = new Rows(logits, rows, talkerConfig.vocab());
        Rows hiddenAndFirst = new Rows(predictorIn, 2 * rows, hidden);
        launches.add(EmbedSum.frameBegin(slotIds, nextInput, slots, stream, frameRows));
        talker.step(stream, frameRows, launches);
        launches.add(talkerHead.launch(stream, scores, hiddenAndFirst.address()));
        launches.add(sample.first(scores, rules, codecTable(0), hiddenAndFirst.slice(rows, rows)));
        predict(rows, launches);
        launches.add(embedSum.frameEnd(codes(), trailing, nextInput, slots, frameRows, rows));
        return launches;
    }

    /** The first pass reads the talker's hidden state and code 0, every other one the code before. */
    private void predict(int rows, List<Launch> launches) {
        for (int step = 0; step < predictorHeads.size(); step++) {
            int inputs = step == 0 ? 2 * rows : rows;
            Rows in = new Rows(predictorIn, inputs, talkerConfig.transformer().hidden());
            Rows stream =
                    new Rows(predictorX, inputs, predictorConfig.transformer().hidden());
            predictorInput.ifPresent(projection -> launches.add(projection.launch(in, stream)));
            if (step == 0) {
                predictor.pass(stream, firstPass.get(rows), launches);
            } else {
                predictor.step(stream, laterPasses.get(step - 1), launches);
            }
            Rows scores = new Rows(predictorLogits, rows, predictorConfig.vocab());
            launches.add(predictorHeads.get(step).launch(stream.slice(inputs - rows, rows), scores));
            boolean last = step == predictorHeads.size() - 1;
            launches.add(sample.next(scores, step + 1, codecTable(step + 1), last ? 0 : predictorIn));
        }
    }

    private DeviceTable codecTable(int group) {
        int codes = predictorConfig.vocab();
        return group == 0
                ? embedSum.table().slice(0, talkerConfig.vocab())
                : embedSum.table().slice(talkerConfig.vocab() + (group - 1) * codes, codes);
    }

    /** How many prefixes there is room for, and of how many rows. */
    DeviceKvCache.Shape prefixes() {
        return prefixes.shape();
    }

    /** Keys and values of the talker. */
    DeviceKvCache talkerCaches() {
        return talker.caches();
    }

    /** Slots of a frame's rows: ints, negative for rows not in use. */
    long slotIds() {
        return slotIds;
    }

    /** Progress of all slots, then the codes of all rows; read back together. */
    long state() {
        return state;
    }

    long stateBytes() {
        return stateBytes;
    }

    private long codes() {
        return state + (long) maxStreams * SlotTable.PROGRESS_BYTES;
    }

    long progress(int slot) {
        return state + (long) slot * SlotTable.PROGRESS_BYTES;
    }

    long request(int slot) {
        return requests + (long) slot * SlotTable.REQUEST_BYTES;
    }

    long seen(int slot) {
        return seen + (long) slot * talkerConfig.vocab();
    }

    long promptTable() {
        return promptTable;
    }

    long staging() {
        return staging;
    }

    long stagingBytes() {
        return stagingBytes;
    }

    private long promptInts(int column) {
        return promptTable + (long) column * PROMPT_ROWS * Integer.BYTES;
    }

    private Rows promptRows(int rows) {
        return new Rows(promptX, rows, talkerConfig.transformer().hidden());
    }

    long promptRow(int row) {
        return promptX + rowBytes() * row;
    }

    long nextInput(int slot) {
        return nextInput + rowBytes() * slot;
    }

    long trailing(int slot, int row) {
        return trailing.rows() + rowBytes() * ((long) slot * trailing.capacity() + row);
    }

    long pad() {
        return trailing.pad();
    }

    long speaker() {
        return speaker;
    }

    long rowBytes() {
        return (long) talkerConfig.transformer().hidden() * Float.BYTES;
    }
}
