package io.github.qwen3tts.internal.model.cuda;

import io.github.qwen3tts.internal.prompt.CodecSide;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.runtime.cuda.CudaDevice;
import io.github.qwen3tts.internal.runtime.cuda.SlotTable;
import io.github.qwen3tts.internal.runtime.cuda.TensorLinear;
import java.nio.ByteBuffer;

/**
 * What the device is told of a prompt, put together on the host and uploaded at once, since an upload waits for
 * everything before it; from there copied to where it is read. Request, progress and speaker vector of the stream come
 * first, then a table for each piece of {@value LanguageNetwork#PROMPT_ROWS} rows, then the ids of the text that
 * follows the prompt.
 */
final class StagedPrompt {

    private static final int IDLE = -1;
    private static final int ROWS = LanguageNetwork.PROMPT_ROWS;
    private static final int PROGRESS_AT = SlotTable.REQUEST_BYTES;
    private static final int SPEAKER_AT = PROGRESS_AT + SlotTable.PROGRESS_BYTES;

    private final CudaDevice device;
    private final LanguageNetwork network;
    private final int codeGroups;
    private final int tablesAt;
    private final ByteBuffer host;
    private int trailingAt; // of the prompt uploaded last

    StagedPrompt(CudaDevice device, LanguageNetwork network, int codeGroups) {
        this.device = device;
        this.network = network;
        this.codeGroups = codeGroups;
        tablesAt = SPEAKER_AT + Math.toIntExact(network.rowBytes());
        host = device.hostBuffer(Math.toIntExact(network.stagingBytes()));
    }

    /**
     * Room for any prompt.
     *
     * @param rowBytes     of a speaker vector
     * @param maxPositions of a stream
     * @param maxTextRows  that may follow a prompt
     * @param codeGroups   of a reference frame
     */
    static long bytes(long rowBytes, int maxPositions, int maxTextRows, int codeGroups) {
        return SPEAKER_AT
                + rowBytes
                + (long) pieces(maxPositions) * tableBytes(codeGroups)
                + (long) maxTextRows * Integer.BYTES;
    }

    /** Columns of ints, see {@link LanguageNetwork#promptTable}. */
    static int tableBytes(int codeGroups) {
        return ROWS * (5 + codeGroups) * Integer.BYTES;
    }

    /** Passes over the layers that so many rows take. */
    static int pieces(int rows) {
        return (rows + ROWS - 1) / ROWS;
    }

    /** Rows that go through the layers for so many rows, idle ones of the last piece included. */
    static int computedRows(int rows) {
        int rest = rows % ROWS;
        return rows - rest + (rest == 0 ? 0 : TensorLinear.padded(rest));
    }

    /**
     * Uploads a prompt, and starts its stream: the request, and progress as before the first frame, whose talker step
     * reads the last row.
     *
     * @param prompt  what to read
     * @param first   row to begin with, at which the first piece begins
     * @param slot    of the stream
     * @param request of the stream
     */
    void upload(Prompt prompt, int first, int slot, SlotTable.Request request) {
        int positions = prompt.positions();
        host.clear();
        request.write(host);
        for (int i = 0; i < SlotTable.PROGRESS_BYTES / Integer.BYTES; i++) {
            host.putInt(i == SlotTable.POSITION ? positions - 1 : 0);
        }
        host.asFloatBuffer().put(prompt.speakerVector());
        for (int from = first; from < positions; from += ROWS) {
            putTable(prompt, from, slot, tableAt(from - first));
        }
        trailingAt = tablesAt + pieces(positions - first) * tableBytes(codeGroups);
        host.position(trailingAt);
        for (int id : prompt.trailing()) {
            host.putInt(id);
        }
        device.upload(host.flip(), network.staging());
        copy(0, network.request(slot), SlotTable.REQUEST_BYTES);
        copy(PROGRESS_AT, network.progress(slot), SlotTable.PROGRESS_BYTES);
        if (prompt.speakerVector().length > 0) {
            copy(SPEAKER_AT, network.speaker(), network.rowBytes());
        }
    }

    private int tableAt(int row) {
        return tablesAt + row / ROWS * tableBytes(codeGroups);
    }

    /** The rows from one on, all but the last of which go into the cache; rows beyond the end are idle. */
    private void putTable(Prompt prompt, int from, int slot, int at) {
        int cached = prompt.positions() - 1;
        for (int i = 0; i < ROWS; i++) {
            boolean used = from + i < prompt.positions();
            Prompt.Row row = used ? prompt.rows().get(from + i) : null;
            CodecSide side = used ? row.codec() : null;
            putColumn(at, 0, i, used ? row.text() : 0);
            putColumn(at, 1, i, used ? i : IDLE);
            putColumn(at, 2, i, side instanceof CodecSide.Speaker ? 0 : IDLE);
            putColumn(at, 3, i, from + i < cached ? slot : IDLE);
            putColumn(at, 4, i, from + i);
            for (int group = 0; group < codeGroups; group++) {
                host.putInt(at + (5 * ROWS + i * codeGroups + group) * Integer.BYTES, code(prompt, side, group));
            }
        }
    }

    private void putColumn(int table, int column, int row, int value) {
        host.putInt(table + (column * ROWS + row) * Integer.BYTES, value);
    }

    private int code(Prompt prompt, CodecSide side, int group) {
        if (side instanceof CodecSide.Token token) {
            return group == 0 ? token.id() : IDLE;
        }
        if (side instanceof CodecSide.ReferenceFrame reference) {
            return prompt.referenceCodes()[reference.frame() * codeGroups + group];
        }
        return IDLE;
    }

    /** Puts the piece that begins so many rows behind the first one where it is read. */
    void piece(int row) {
        copy(tableAt(row), network.promptTable(), tableBytes(codeGroups));
    }

    /** Puts ids of the text that follows where they are read. */
    void trailing(int from, int count) {
        copy(trailingAt + from * Integer.BYTES, network.promptTable(), (long) count * Integer.BYTES);
    }

    private void copy(int at, long to, long bytes) {
        device.copy(network.staging() + at, to, bytes);
    }
}
