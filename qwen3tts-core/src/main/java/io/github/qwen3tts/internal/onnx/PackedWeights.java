package io.github.qwen3tts.internal.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(graph)).toBuilder();
        boolean moved = false;
        try (FileChannel file = FileChannel.open(weights, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (TensorProto.Builder tensor : model.getGraphBuilder().getInitializerBuilderList()) {
                for (StringStringEntryProto.Builder entry : tensor.getExternalDataBuilderList()) {
                    if (entry.getKey().startsWith(ENTRY)) {
                        moved |= align(entry, file);
                    }
                }
            }
        }
        if (moved) {
            Files.write(graph, model.build().toByteArray());
        }
    }

    private static boolean align(StringStringEntryProto.Builder entry, FileChannel file) throws IOException {
        boolean moved = false;
        StringBuilder aligned = new StringBuilder();
        Matcher piece = PIECE.matcher(entry.getValue());
        while (piece.find()) {
            long offset = Long.parseLong(piece.group(1));
            long length = Long.parseLong(piece.group(2));
            if (offset % ALIGNMENT != 0) {
                offset = append(file, offset, length);
                moved = true;
            }
            piece.appendReplacement(aligned, "|" + offset + ";" + length);
        }
        entry.setValue(piece.appendTail(aligned).toString());
        return moved;
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
