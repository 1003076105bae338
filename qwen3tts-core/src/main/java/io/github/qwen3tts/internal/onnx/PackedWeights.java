package io.github.qwen3tts.internal.onnx;

import io.github.qwen3tts.internal.onnx.OnnxProto.GraphProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.ModelProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.StringStringEntryProto;
import io.github.qwen3tts.internal.onnx.OnnxProto.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the runtime's kernels made of a graph's weights, in a file beside the graph. The kernels find the parts of such a
 * piece by rounding addresses up, so a mapped piece must be aligned as the runtime's memory is. The runtime (1.28) sees to
 * that for large pieces and writes small ones wherever the last one ended: read from there, they are other numbers.
 */
public final class PackedWeights {

    /** What the runtime's memory is aligned to. */
    private static final int ALIGNMENT = 64;

    private static final String ENTRY = "prepacked_";

    /** {@code |offset;length;...} behind the name of the piece. */
    private static final Pattern PIECE = Pattern.compile("\\|(\\d+);(\\d+)(?=;)");

    /** The fields that lead from a model to what is known of where a tensor lies. */
    private static final int[] PATH = {ModelProto.GRAPH, GraphProto.INITIALIZER, TensorProto.EXTERNAL_DATA};

    private PackedWeights() {}

    /**
     * Copies pieces that begin at the wrong place to the end of their file, where there is a right one, and has the graph
     * read them there.
     *
     * @param graph   of the runtime's making; rewritten if need be
     * @param weights the file beside it; grows if need be
     * @throws IOException if one of the files cannot be read or written
     */
    public static void align(Path graph, Path weights) throws IOException {
        byte[] model = Files.readAllBytes(graph);
        byte[] aligned;
        try (FileChannel file = FileChannel.open(weights, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            aligned = align(model, 0, file);
        }
        if (aligned != model) {
            Files.write(graph, aligned);
        }
    }

    /** A message with all pieces in it aligned, every other byte as it is; the same array if nothing had to move. */
    private static byte[] align(byte[] message, int depth, FileChannel file) throws IOException {
        if (depth == PATH.length) {
            return alignEntry(message, file);
        }
        List<ProtoWriter.Message> fields = new ArrayList<>();
        boolean moved = false;
        ProtoReader in = new ProtoReader(message);
        while (in.next()) {
            int number = in.number();
            if (number == PATH[depth] && in.hasBytes()) {
                byte[] value = in.bytes();
                byte[] aligned = align(value, depth + 1, file);
                moved |= aligned != value;
                fields.add(out -> out.bytes(number, aligned));
            } else {
                byte[] field = in.raw();
                fields.add(out -> out.raw(field));
            }
        }
        return moved ? ProtoWriter.write("prepared graph", out -> fields.forEach(f -> f.writeTo(out))) : message;
    }

    private static byte[] alignEntry(byte[] entry, FileChannel file) throws IOException {
        String key = "";
        String value = "";
        ProtoReader in = new ProtoReader(entry);
        while (in.next()) {
            if (in.number() == StringStringEntryProto.KEY && in.hasBytes()) {
                key = in.string();
            } else if (in.number() == StringStringEntryProto.VALUE && in.hasBytes()) {
                value = in.string();
            }
        }
        String aligned = key.startsWith(ENTRY) ? alignPieces(value, file) : value;
        return aligned.equals(value) ? entry : ProtoWriter.write(key, new StringStringEntryProto(key, aligned));
    }

    private static String alignPieces(String pieces, FileChannel file) throws IOException {
        StringBuilder aligned = new StringBuilder();
        Matcher piece = PIECE.matcher(pieces);
        while (piece.find()) {
            long offset = Long.parseLong(piece.group(1));
            long length = Long.parseLong(piece.group(2));
            if (offset % ALIGNMENT != 0) {
                offset = append(file, offset, length);
            }
            piece.appendReplacement(aligned, "|" + offset + ";" + length);
        }
        return piece.appendTail(aligned).toString();
    }

    /** Copies a piece of a file to its end; tells where. */
    private static long append(FileChannel file, long offset, long length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length));
        while (bytes.hasRemaining()) {
            if (file.read(bytes, offset + bytes.position()) < 0) {
                throw new IOException("weights end too early: offset=" + offset + ", length=" + length + ", fileBytes="
                        + file.size());
            }
        }
        bytes.flip();
        long start = (file.size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        while (bytes.hasRemaining()) {
            file.write(bytes, start + bytes.position());
        }
        return start;
    }
}
