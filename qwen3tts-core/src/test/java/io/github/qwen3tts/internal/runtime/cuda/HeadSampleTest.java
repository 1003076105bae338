package io.github.qwen3tts.internal.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qwen3tts.internal.sample.Candidates;
import io.github.qwen3tts.internal.sample.CodeHistory;
import io.github.qwen3tts.internal.sample.Philox;
import io.github.qwen3tts.internal.sample.Sampler;
import io.github.qwen3tts.internal.sample.Sampling;
import io.github.qwen3tts.internal.sample.TalkerRules;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The truth is package sample, which every other back end draws with. */
class HeadSampleTest extends KernelTest {

    private static final int GROUPS = 5;
    private static final int WIDTH = 37;
    private final Random random = new Random(15);

    static Stream<Sampling> options() {
        return Stream.of(
                Sampling.GREEDY,
                new Sampling(0.9f, 50, 1f),
                new Sampling(1f, 0, 1f),
                new Sampling(1.7f, 3, 1f),
                new Sampling(0.7f, 1, 0.5f),
                new Sampling(1.3f, 0, 0.8f),
                new Sampling(2f, 40, 0.9f),
                new Sampling(1e-20f, 20, 1f),
                new Sampling(3f, 5000, 0.999f));
    }

    /** Five slots in one launch, each with its own history, seed and frame; slot order differs from row order. */
    private final class Streams {
        static final int SLOTS = 5;
        final int[] rowSlot = {3, 0, -1, 4, 1};
        final ByteBuffer requests = TestDevice.direct(SLOTS * SlotTable.REQUEST_BYTES);
        final int[] progress = new int[SLOTS * SlotTable.PROGRESS_BYTES / 4];
        final SlotTable.Request[] request = new SlotTable.Request[SLOTS];

        Streams(Sampling talker, Sampling predictor) {
            for (int slot = 0; slot < SLOTS; slot++) {
                request[slot] =
                        new SlotTable.Request(talker, predictor, 1.3f, 40, random.nextLong(), random.nextLong(), 0);
                request[slot].write(requests);
                progress[8 * slot + SlotTable.FRAME] = random.nextInt(1 << 20);
                progress[8 * slot + SlotTable.DRAWS] = slot < 2 ? slot : random.nextInt(30) + 2;
            }
            requests.flip();
        }

        SlotTable upload() {
            byte[] bytes = new byte[requests.remaining()];
            requests.duplicate().get(bytes);
            return new SlotTable(device.bytes(bytes), device.ints(progress));
        }

        int frame(int slot) {
            return progress[8 * slot + SlotTable.FRAME];
        }

        int draws(int slot) {
            return progress[8 * slot + SlotTable.DRAWS];
        }
    }

    @ParameterizedTest
    @MethodSource("options")
    void laterGroupsAreDrawnAsOnTheCpu(Sampling options) {
        int vocabulary = 300;
        Streams streams = new Streams(Sampling.GREEDY, options);
        for (int round = 0; round < 6; round++) {
            float[] logits = logits(streams.rowSlot.length, vocabulary, round);
            int group = 1 + round % (GROUPS - 1);
            float[] table = TestDevice.random(random, vocabulary * WIDTH, 1);
            long codes = device.ints(new int[streams.rowSlot.length * GROUPS]);
            Rows embedded = device.emptyRows(streams.rowSlot.length, WIDTH);
            RowTable rows = new RowTable(device.ints(streams.rowSlot), 0);
            Launch launch = new HeadSample(codes, GROUPS, streams.upload(), rows)
                    .next(
                            device.rows(logits, vocabulary),
                            group,
                            new DeviceTable(device.floats(table), TableType.FP32, vocabulary, WIDTH),
                            embedded.address());

            float[] rowsOut = device.inEveryOrder(launch, embedded);

            int[] drawn = device.ints(codes, streams.rowSlot.length * GROUPS);
            for (int row = 0; row < streams.rowSlot.length; row++) {
                int slot = streams.rowSlot[row];
                int expected = 0;
                if (slot >= 0) {
                    Candidates candidates = new Candidates(vocabulary);
                    candidates.load(FloatBuffer.wrap(logits), row * vocabulary);
                    SlotTable.Request request = streams.request[slot];
                    expected = Sampler.of(options)
                            .draw(
                                    candidates,
                                    Philox.uniform(request.seed(), request.stream(), streams.frame(slot), group));
                }
                assertEquals(expected, drawn[row * GROUPS + group], "row=" + row + ", round=" + round);
                assertArrayEquals(
                        Arrays.copyOfRange(table, expected * WIDTH, (expected + 1) * WIDTH),
                        Arrays.copyOfRange(rowsOut, row * WIDTH, (row + 1) * WIDTH));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("options")
    void groupZeroFollowsTheTalkersRules(Sampling options) {
        int vocabulary = 1100;
        int eos = 90;
        int firstControl = vocabulary - TalkerRules.CONTROL_CODES;
        float[] table = TestDevice.random(random, vocabulary * WIDTH, 1);
        DeviceTable codec = new DeviceTable(device.floats(table), TableType.FP32, vocabulary, WIDTH);
        boolean ended = false;
        for (int round = 0; round < 6; round++) {
            Streams streams = new Streams(options, Sampling.GREEDY);
            float[] logits = logits(streams.rowSlot.length, vocabulary, round);
            byte[] seen = new byte[Streams.SLOTS * vocabulary];
            CodeHistory[] histories = new CodeHistory[Streams.SLOTS];
            for (int slot = 0; slot < Streams.SLOTS; slot++) {
                histories[slot] = new CodeHistory(vocabulary);
                for (int draw = 0; draw < streams.draws(slot); draw++) {
                    int code = random.nextInt(firstControl);
                    histories[slot].add(code);
                    seen[slot * vocabulary + code] = 1;
                }
            }
            if (round >= 3) { // the end code as the best one everywhere
                for (int row = 0; row < streams.rowSlot.length; row++) {
                    logits[row * vocabulary + eos] = 30;
                }
            }
            long codes = device.ints(new int[streams.rowSlot.length * GROUPS]);
            long seenAddress = device.bytes(seen);
            SlotTable slots = streams.upload();
            Rows embedded = device.emptyRows(streams.rowSlot.length, WIDTH);
            HeadSample sample = new HeadSample(codes, GROUPS, slots, new RowTable(device.ints(streams.rowSlot), 0));
            device.device()
                    .run(List.of(sample.first(
                            device.rows(logits, vocabulary),
                            new HeadSample.FirstGroupRules(seenAddress, eos, firstControl),
                            codec,
                            embedded)));

            int[] drawn = device.ints(codes, streams.rowSlot.length * GROUPS);
            int[] progress = device.ints(slots.progress(), streams.progress.length);
            float[] rowsOut = device.floats(embedded);
            for (int row = 0; row < streams.rowSlot.length; row++) {
                int slot = streams.rowSlot[row];
                int kept = 0;
                if (slot >= 0) {
                    SlotTable.Request request = streams.request[slot];
                    Candidates candidates = new Candidates(vocabulary);
                    candidates.load(FloatBuffer.wrap(logits), row * vocabulary);
                    new TalkerRules(vocabulary, eos, request.repetitionPenalty())
                            .constrain(candidates, histories[slot]);
                    int expected = Sampler.of(options)
                            .draw(candidates, Philox.uniform(request.seed(), request.stream(), streams.frame(slot), 0));
                    SlotStatus status = expected == eos
                            ? SlotStatus.ENDED
                            : streams.draws(slot) + 1 >= request.maxDraws() ? SlotStatus.LIMIT : SlotStatus.SPEAKING;
                    ended |= status == SlotStatus.ENDED;
                    kept = expected == eos ? 0 : expected;
                    assertEquals(status.ordinal(), progress[8 * slot + SlotTable.STATUS], "row=" + row);
                    assertEquals(streams.draws(slot) + 1, progress[8 * slot + SlotTable.DRAWS]);
                    assertEquals(streams.frame(slot), progress[8 * slot + SlotTable.FRAME]);
                    byte[] seenNow = new byte[seen.length];
                    ByteBuffer download = TestDevice.direct(seen.length);
                    device.device().download(seenAddress, download);
                    download.get(seenNow);
                    assertEquals(1, seenNow[slot * vocabulary + expected]);
                }
                assertEquals(kept, drawn[row * GROUPS], "row=" + row + ", round=" + round);
                assertArrayEquals(
                        Arrays.copyOfRange(table, kept * WIDTH, (kept + 1) * WIDTH),
                        Arrays.copyOfRange(rowsOut, row * WIDTH, (row + 1) * WIDTH));
            }
        }
        assertEquals(true, ended, "no stream ended: the test has lost its point");
    }

    /** Ordinary logits, then some with many ties, then some with codes that are out already. */
    private float[] logits(int rows, int vocabulary, int round) {
        float[] logits = TestDevice.random(random, rows * vocabulary, 3);
        for (int i = 0; i < logits.length; i++) {
            if (round % 3 == 1) {
                logits[i] = Math.round(logits[i] * 2) / 2f;
            }
            if (round % 3 == 2 && i % 7 == 0) {
                logits[i] = Float.NEGATIVE_INFINITY;
            }
        }
        return logits;
    }

    @Test
    void logitsThatAreNotNumbersStopTheStream() {
        int vocabulary = 60;
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            Streams streams = new Streams(Sampling.GREEDY, new Sampling(1f, 5, 1f));
            float[] logits = logits(streams.rowSlot.length, vocabulary, 0);
            logits[vocabulary + 59] = bad; // row 1, slot 0
            long codes = device.ints(new int[streams.rowSlot.length * GROUPS]);
            SlotTable slots = streams.upload();
            DeviceTable codec =
                    new DeviceTable(device.floats(new float[vocabulary * WIDTH]), TableType.FP32, vocabulary, WIDTH);
            device.device()
                    .run(List.of(new HeadSample(codes, GROUPS, slots, new RowTable(device.ints(streams.rowSlot), 0))
                            .next(device.rows(logits, vocabulary), 2, codec, 0)));
            int[] progress = device.ints(slots.progress(), streams.progress.length);
            for (int slot = 0; slot < Streams.SLOTS; slot++) {
                SlotStatus expected = slot == 0 ? SlotStatus.NOT_FINITE : SlotStatus.SPEAKING;
                assertEquals(expected.ordinal(), progress[8 * slot + SlotTable.STATUS], "slot=" + slot);
            }
            assertEquals(0, device.ints(codes, 2 * GROUPS)[GROUPS + 2]);
        }
    }

    @Test
    void bf16EmbeddingsAreWidenedExactly() {
        int vocabulary = 64;
        Streams streams = new Streams(Sampling.GREEDY, Sampling.GREEDY);
        float[] logits = logits(streams.rowSlot.length, vocabulary, 0);
        short[] table = new short[vocabulary * WIDTH];
        ByteBuffer bytes = TestDevice.direct(2 * table.length);
        for (int i = 0; i < table.length; i++) {
            table[i] = MatrixPacking.toBf16((float) random.nextGaussian());
            bytes.putShort(table[i]);
        }
        byte[] raw = new byte[bytes.flip().remaining()];
        bytes.get(raw);
        long codes = device.ints(new int[streams.rowSlot.length * GROUPS]);
        Rows embedded = device.emptyRows(streams.rowSlot.length, WIDTH);
        device.device()
                .run(List.of(
                        new HeadSample(codes, GROUPS, streams.upload(), new RowTable(device.ints(streams.rowSlot), 0))
                                .next(
                                        device.rows(logits, vocabulary),
                                        1,
                                        new DeviceTable(device.bytes(raw), TableType.BF16, vocabulary, WIDTH),
                                        embedded.address())));
        int[] drawn = device.ints(codes, streams.rowSlot.length * GROUPS);
        float[] actual = device.floats(embedded);
        for (int row = 0; row < streams.rowSlot.length; row++) {
            for (int i = 0; i < WIDTH; i++) {
                float expected = Float.intBitsToFloat(table[drawn[row * GROUPS + 1] * WIDTH + i] << 16);
                assertEquals(expected, actual[row * WIDTH + i]);
            }
        }
    }

    @Test
    void theKeptReferenceKernelAgrees() {
        int vocabulary = 111;
        int rows = 9;
        Sampling options = new Sampling(0.8f, 12, 1f);
        float[] logits = logits(rows, vocabulary, 1);
        float[] uniforms = new float[rows];
        for (int row = 0; row < rows; row++) {
            uniforms[row] = random.nextFloat();
        }
        long codes = device.ints(new int[rows]);
        Launch v0 = Launch.of("head_sample", "head_sample_v0")
                .grid(rows, 1, 1)
                .pointer(device.floats(logits))
                .pointer(device.floats(uniforms))
                .real(options.temperature())
                .integer(options.topK())
                .integer(vocabulary)
                .pointer(codes);
        device.device().run(List.of(v0));
        int[] drawn = device.ints(codes, rows);
        for (int row = 0; row < rows; row++) {
            Candidates candidates = new Candidates(vocabulary);
            candidates.load(FloatBuffer.wrap(logits), row * vocabulary);
            assertEquals(Sampler.of(options).draw(candidates, uniforms[row]), drawn[row], "row=" + row);
        }
    }
}
