package io.github.qwen3tts.golden;

import io.github.qwen3tts.internal.model.CodecDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Decodes golden codes at once and in pieces, from a fresh state and from one that has read a reference. */
final class CodecChecks {

    private final CodecDecoder decoder;
    private final int groups;

    CodecChecks(CodecDecoder decoder, int groups) {
        this.decoder = decoder;
        this.groups = groups;
    }

    /** {@code reference} frames are decoded first and thrown away; {@code expected} is the audio after them. */
    void check(int[] reference, int[] codes, float[] expected, Report report) {
        int frames = codes.length / groups;
        try (CodecDecoder.State afterReference = decoder.start()) {
            if (reference.length > 0) {
                decoder.read(reference, reference.length / groups, afterReference);
            }
            float[] whole;
            try (CodecDecoder.State state = afterReference.copy()) {
                whole = decode(state, codes, List.of(frames));
            }
            report.close("pcm", expected, whole, Tolerance.PCM);
            for (Partition partition : partitions(frames)) {
                try (CodecDecoder.State state = afterReference.copy()) {
                    float[] pieces = decode(state, codes, partition.pieces());
                    report.close("pcm " + partition.name(), whole, pieces, Tolerance.PCM_PIECES);
                }
            }
            interleaved(afterReference, codes, whole, report);
            if (reference.length > 0) {
                decodedReference(reference, codes, whole, report);
            }
        }
    }

    private record Partition(String name, List<Integer> pieces) {}

    private static List<Partition> partitions(int frames) {
        List<Partition> partitions = new ArrayList<>();
        for (int size : new int[] {1, 2, 3, 7, 25}) {
            partitions.add(new Partition("by " + size, pieces(frames, size, size)));
        }
        for (int first : new int[] {71, 72, 73, 300}) {
            if (first < frames) {
                partitions.add(new Partition(first + " first", pieces(frames, first, first == 300 ? 30 : 1)));
            }
        }
        List<Integer> random = new ArrayList<>();
        Random source = new Random(frames);
        for (int left = frames; left > 0; left -= random.get(random.size() - 1)) {
            random.add(1 + source.nextInt(Math.min(left, 12)));
        }
        partitions.add(new Partition("random", random));
        return partitions;
    }

    private static List<Integer> pieces(int frames, int first, int next) {
        List<Integer> pieces = new ArrayList<>();
        for (int left = frames; left > 0; left -= pieces.get(pieces.size() - 1)) {
            pieces.add(Math.min(left, pieces.isEmpty() ? first : next));
        }
        return pieces;
    }

    private float[] decode(CodecDecoder.State state, int[] codes, List<Integer> pieces) {
        float[] out = new float[codes.length / groups * decoder.samplesPerFrame()];
        int done = 0;
        for (int piece : pieces) {
            int[] part = Arrays.copyOfRange(codes, done * groups, (done + piece) * groups);
            decoder.decode(part, piece, state, out, done * decoder.samplesPerFrame());
            done += piece;
        }
        return out;
    }

    /** Reading a reference and decoding it, audio thrown away, lead to the same state. */
    private void decodedReference(int[] reference, int[] codes, float[] whole, Report report) {
        try (CodecDecoder.State state = decoder.start()) {
            decode(state, reference, List.of(reference.length / groups));
            float[] after = decode(state, codes, List.of(codes.length / groups));
            report.close("pcm after decoding", whole, after, Tolerance.PCM_PIECES);
        }
    }

    /** Two streams taking turns, the second one with its codes reversed, must not hear each other. */
    private void interleaved(CodecDecoder.State start, int[] codes, float[] whole, Report report) {
        int frames = codes.length / groups;
        float[] out = new float[whole.length];
        float[] other = new float[whole.length];
        try (CodecDecoder.State a = start.copy();
                CodecDecoder.State b = start.copy()) {
            for (int frame = 0; frame < frames; frame++) {
                int at = frame * decoder.samplesPerFrame();
                decoder.decode(Arrays.copyOfRange(codes, frame * groups, (frame + 1) * groups), 1, a, out, at);
                int mirrored = frames - 1 - frame;
                decoder.decode(Arrays.copyOfRange(codes, mirrored * groups, (mirrored + 1) * groups), 1, b, other, at);
            }
        }
        report.close("pcm beside another", whole, out, Tolerance.PCM_PIECES);
    }
}
