package io.github.qwen3tts.internal.runtime.cuda;

import static io.github.qwen3tts.internal.runtime.cuda.TestDevice.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qwen3tts.internal.sample.Sampling;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EmbedSumTest extends KernelTest {

    private static final int GROUPS = 4;
    private static final int VOCABULARY = 23;
    private static final int CODEBOOK = 11;
    private static final int WIDTH = 301;
    private static final int TABLE_ROWS = VOCABULARY + (GROUPS - 1) * CODEBOOK;
    private final Random random = new Random(16);
    private final float[] table = TestDevice.random(random, TABLE_ROWS * WIDTH, 1);

    private EmbedSum embedSum() {
        DeviceTable onDevice = new DeviceTable(device.floats(table), TableType.FP32, TABLE_ROWS, WIDTH);
        return new EmbedSum(onDevice, VOCABULARY, CODEBOOK, GROUPS);
    }

    private void addCodes(int[] codes, int row, float[] to, int at) {
        for (int g = 0; g < GROUPS; g++) {
            int code = codes[row * GROUPS + g];
            int tableRow = g == 0 ? code : VOCABULARY + (g - 1) * CODEBOOK + code;
            for (int i = 0; i < WIDTH && code >= 0; i++) {
                to[at + i] += table[tableRow * WIDTH + i];
            }
        }
    }

    private static void addRow(float[] rows, int row, float[] to, int at) {
        for (int i = 0; i < WIDTH && row >= 0; i++) {
            to[at + i] += rows[row * WIDTH + i];
        }
    }

    @Test
    void promptRowsAddWhatIsThere() {
        int[] codes = {-1, -1, -1, -1, 22, -1, -1, -1, 3, 10, 0, 7, 5, -1, -1, -1, -1, -1, -1, -1};
        int[] textRow = {1, 0, 2, -1, 2};
        int[] vectorRow = {-1, -1, -1, -1, 1};
        float[] text = TestDevice.random(random, 3 * WIDTH, 1);
        float[] vectors = TestDevice.random(random, 2 * WIDTH, 1);
        Rows out = device.emptyRows(5, WIDTH);
        EmbedSum.PromptRows prompt = new EmbedSum.PromptRows(
                device.ints(codes),
                device.floats(text),
                device.ints(textRow),
                device.floats(vectors),
                device.ints(vectorRow));

        float[] actual = device.inEveryOrder(embedSum().prompt(prompt, out), out);

        float[] expected = new float[5 * WIDTH];
        for (int row = 0; row < 5; row++) {
            addCodes(codes, row, expected, row * WIDTH);
            addRow(text, textRow[row], expected, row * WIDTH);
            addRow(vectors, vectorRow[row], expected, row * WIDTH);
        }
        assertClose("prompt rows", expected, actual, 2e-6);
    }

    /** Rows 0, 1, 3: a stream with text left, one beyond its text, one that has ended. Row 2 is not in use. */
    @Test
    void aCompleteFrameMakesTheNextInput() {
        int slots = 4;
        int capacity = 3;
        int[] rowSlot = {2, 0, -1, 3};
        int[] codes = {1, 2, 3, 4, 22, 10, 9, 8, 0, 0, 0, 0, 5, 5, 5, 5};
        float[] trailing = TestDevice.random(random, slots * capacity * WIDTH, 1);
        float[] pad = TestDevice.random(random, WIDTH, 1);
        float[] before = TestDevice.random(random, slots * WIDTH, 1);
        int[] progress = new int[8 * slots];
        set(progress, 2, 17, 4, SlotStatus.SPEAKING); // text row 4 of 6 lies at 4 % 3
        set(progress, 0, 30, 6, SlotStatus.SPEAKING);
        set(progress, 3, 9, 1, SlotStatus.ENDED);
        ByteBuffer requests = TestDevice.direct(slots * SlotTable.REQUEST_BYTES);
        for (int slot = 0; slot < slots; slot++) {
            new SlotTable.Request(Sampling.GREEDY, Sampling.GREEDY, 1, 100, 0, 0, 6).write(requests);
        }
        byte[] raw = new byte[requests.flip().remaining()];
        requests.get(raw);
        SlotTable table = new SlotTable(device.bytes(raw), device.ints(progress));
        long next = device.floats(before);
        RowTable rows = new RowTable(device.ints(rowSlot), 0);
        device.device()
                .run(List.of(embedSum()
                        .frameEnd(
                                device.ints(codes),
                                new EmbedSum.Trailing(device.floats(trailing), capacity, device.floats(pad)),
                                next,
                                table,
                                rows,
                                rowSlot.length)));

        float[] expected = before.clone();
        Arrays.fill(expected, 2 * WIDTH, 3 * WIDTH, 0);
        addCodes(codes, 0, expected, 2 * WIDTH);
        addRow(trailing, 2 * capacity + 4 % capacity, expected, 2 * WIDTH);
        Arrays.fill(expected, 0, WIDTH, 0);
        addCodes(codes, 1, expected, 0);
        addRow(pad, 0, expected, 0);
        assertClose("next input", expected, device.floats(next, expected.length), 2e-6);
        int[] after = device.ints(table.progress(), progress.length);
        set(progress, 2, 18, 5, SlotStatus.SPEAKING);
        set(progress, 0, 31, 7, SlotStatus.SPEAKING);
        assertArrayEquals(progress, after);
    }

    private static void set(int[] progress, int slot, int position, int frame, SlotStatus status) {
        progress[8 * slot + SlotTable.POSITION] = position;
        progress[8 * slot + SlotTable.FRAME] = frame;
        progress[8 * slot + SlotTable.STATUS] = status.ordinal();
    }

    @Test
    void aTalkerStepGathersItsRows() {
        int[] slots = {1, -1, 0};
        float[] next = TestDevice.random(random, 2 * WIDTH, 1);
        int[] progress = new int[16];
        set(progress, 0, 40, 0, SlotStatus.SPEAKING);
        set(progress, 1, 7, 0, SlotStatus.SPEAKING);
        Rows x = device.emptyRows(3, WIDTH);
        RowTable rows = new RowTable(device.ints(9, 9, 9), device.ints(9, 9, 9));
        SlotTable table = new SlotTable(0, device.ints(progress));
        Launch launch = EmbedSum.frameBegin(device.ints(slots), device.floats(next), table, x, rows);

        float[] actual = device.inEveryOrder(launch, x);

        float[] expected = new float[3 * WIDTH];
        System.arraycopy(next, WIDTH, expected, 0, WIDTH);
        System.arraycopy(next, 0, expected, 2 * WIDTH, WIDTH);
        assertArrayEquals(expected, actual);
        assertArrayEquals(slots, device.ints(rows.slots(), 3));
        assertArrayEquals(new int[] {7, 0, 40}, device.ints(rows.positions(), 3));
    }

    @Test
    void bf16TablesAreWidenedExactly() {
        ByteBuffer bytes = TestDevice.direct(2 * table.length);
        for (int i = 0; i < table.length; i++) {
            short bits = MatrixPacking.toBf16(table[i]);
            bytes.putShort(bits);
            table[i] = Float.intBitsToFloat(bits << 16);
        }
        byte[] raw = new byte[bytes.flip().remaining()];
        bytes.get(raw);
        int[] codes = {7, -1, -1, -1};
        Rows out = device.emptyRows(1, WIDTH);
        EmbedSum sum = new EmbedSum(
                new DeviceTable(device.bytes(raw), TableType.BF16, TABLE_ROWS, WIDTH), VOCABULARY, CODEBOOK, GROUPS);
        long none = device.ints(-1);
        device.device().run(List.of(sum.prompt(new EmbedSum.PromptRows(device.ints(codes), 0, none, 0, none), out)));
        float[] actual = device.floats(out);
        for (int i = 0; i < WIDTH; i++) {
            assertEquals(table[7 * WIDTH + i], actual[i]);
        }
    }
}
