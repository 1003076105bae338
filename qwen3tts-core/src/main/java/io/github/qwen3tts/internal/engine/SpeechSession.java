package io.github.qwen3tts.internal.engine;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.SynthesisStats;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.internal.model.CodecDecoder;
import io.github.qwen3tts.internal.model.LanguageModel;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.stream.ChunkQueue;
import io.github.qwen3tts.internal.stream.ChunkQueue.Event;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One stream on the engine thread, from its prompt to its terminal event. All but the flags belongs to that thread, and
 * what {@link #deliver} writes to the decoder's.
 */
final class SpeechSession {

    private static final System.Logger LOG = System.getLogger(SpeechSession.class.getName());

    private final SpeechJob job;
    private final CodecDecoder codec;
    private final int sampleRateHz;
    private final int codeGroups;
    private final ChunkQueue queue;
    private final long calledNanos = System.nanoTime();
    private volatile boolean cancelled;

    private volatile int piece; // of the job; read by whoever cancels
    private boolean limited; // whether a piece was cut off
    private LanguageModel.Generation generation; // null between two pieces
    private CodecDecoder.State audio;
    private final int[] waiting; // [chunks.max * groups]: codes not decoded yet
    private int waitingFrames;
    private LanguageModel.Progress progress = LanguageModel.Progress.FRAME; // after the last step
    private int chunkFrames;
    private CompletableFuture<?> decoding; // of the chunk before; null if it is delivered
    private int decodingFrames;
    private volatile int deliveredFrames; // the decoder's thread writes it, one chunk after the other
    private double computeMillis;
    private volatile double ttfaMillis = Double.NaN; // likewise
    private boolean ended;

    SpeechSession(SpeechJob job, CodecDecoder codec, int sampleRateHz, int codeGroups, ChunkQueue queue) {
        this.job = job;
        this.codec = codec;
        this.sampleRateHz = sampleRateHz;
        this.codeGroups = codeGroups;
        this.queue = queue;
        chunkFrames = job.chunks().first();
        waiting = new int[job.chunks().max() * codeGroups];
    }

    SpeechJob job() {
        return job;
    }

    /** Whether its reader is slow: what is delivered and decoded fills the queue. */
    boolean isPaused() {
        return queue.isFullWith(seconds(decodingFrames));
    }

    private double seconds(int frames) {
        return (double) frames * codec.samplesPerFrame() / sampleRateHz;
    }

    LanguageModel.Generation generation() {
        return generation;
    }

    boolean isEnded() {
        return ended;
    }

    /** From any thread: the stream is not wanted any more. */
    void cancel() {
        cancelled = true;
        queue.cancel(new Event.Finished(stats(FinishReason.CANCELLED)));
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Reads the prompt of a piece. {@code start} gives the decoder's state before the first frame. */
    void begin(LanguageModel model, Supplier<CodecDecoder.State> start) {
        long began = System.nanoTime();
        audio = start.get();
        long draws = Math.min(job.generation().maxNewTokens(), 1L + job.maxFrames() - deliveredFrames);
        generation = model.begin(
                job.pieces().get(piece),
                job.generation().withMaxNewTokens((int) draws),
                new LanguageModel.RandomKey(job.seed(), piece));
        computeMillis += millisSince(began);
    }

    /** Whether the prompt of the next piece has to be read. */
    boolean isBetweenPieces() {
        return generation == null && !ended;
    }

    /** Takes up what a step of the language model made, {@code stepMillis} of which were for this stream. */
    void afterStep(double stepMillis) {
        computeMillis += stepMillis;
        progress = generation.progress();
        if (progress == LanguageModel.Progress.FRAME) {
            System.arraycopy(generation.codes(), 0, waiting, waitingFrames * codeGroups, codeGroups);
            waitingFrames++;
        }
    }

    /** Whether the language model makes no more frames for it. */
    boolean isSpoken() {
        return progress != LanguageModel.Progress.FRAME;
    }

    /** Frames that are to be decoded now: a whole chunk, or what is left at the end; 0 for none. */
    int dueFrames() {
        boolean due = waitingFrames == chunkFrames || isSpoken();
        return due && !ended ? waitingFrames : 0;
    }

    /** Whether somebody waits for the due frames: the first ones, and the last ones. */
    boolean isUrgent() {
        return deliveredFrames == 0 || isSpoken();
    }

    /** Takes the due frames out, for the decoder, once the chunk before is delivered. */
    CodecDecoder.Piece takePiece() {
        float[] samples = new float[waitingFrames * codec.samplesPerFrame()];
        int[] codes = Arrays.copyOf(waiting, waitingFrames * codeGroups);
        CodecDecoder.Piece piece = new CodecDecoder.Piece(codes, waitingFrames, audio, samples, 0);
        decodingFrames = waitingFrames;
        waitingFrames = 0;
        chunkFrames = job.chunks().after(chunkFrames);
        return piece;
    }

    /** The decoder works on what was taken, until {@link #decoded}; nothing it needs is closed before. */
    void decodedBy(CompletableFuture<?> decoding) {
        this.decoding = decoding;
    }

    /** Hands the reader what {@link #takePiece} took, now decoded; on the decoder's thread. */
    void deliver(CodecDecoder.Piece decoded) {
        AudioChunk chunk = AudioChunk.of(decoded.out(), sampleRateHz, deliveredFrames, decoded.frames());
        deliveredFrames += decoded.frames();
        if (Double.isNaN(ttfaMillis)) {
            ttfaMillis = millisSince(calledNanos);
        }
        queue.add(chunk);
    }

    /** The decoder is done with this stream, which was waited for so long. */
    void decoded(double waitedMillis) {
        decoding = null;
        decodingFrames = 0;
        computeMillis += waitedMillis;
    }

    /** Ends a piece that is spoken and delivered to its last frame, and with the last one the stream. */
    void finishIfComplete() {
        if (ended || !isSpoken() || waitingFrames > 0 || decoding != null) {
            return;
        }
        limited |= progress == LanguageModel.Progress.LIMIT;
        boolean last = piece + 1 == job.pieces().size();
        if (last || job.maxFrames() - deliveredFrames <= SpeechJob.PAUSE_FRAMES) {
            end(new Event.Finished(stats(limited || !last ? FinishReason.FRAME_LIMIT : FinishReason.END_OF_SPEECH)));
        } else {
            pause();
        }
    }

    /** Stands between two pieces. */
    private void pause() {
        release();
        generation = null;
        audio = null;
        progress = LanguageModel.Progress.FRAME;
        chunkFrames = job.chunks().first();
        piece++;
        float[] silence = new float[SpeechJob.PAUSE_FRAMES * codec.samplesPerFrame()];
        queue.add(AudioChunk.of(silence, sampleRateHz, deliveredFrames, SpeechJob.PAUSE_FRAMES));
        deliveredFrames += SpeechJob.PAUSE_FRAMES;
    }

    void fail(TtsException cause) {
        end(new Event.Failed(cause));
    }

    /** Gives everything back, and tells the reader. A second call does nothing. */
    void end(Event event) {
        if (ended) {
            return;
        }
        ended = true;
        if (decoding != null) {
            decoding.handle((nothing, failure) -> null).join(); // the decoder works with the audio's state
        }
        try {
            release();
        } finally {
            queue.end(event);
        }
    }

    private void release() {
        try (Scope owned = new Scope()) {
            if (generation != null) {
                owned.own(generation);
            }
            if (audio != null) {
                owned.own(audio);
            }
        } catch (RuntimeException e) { // neither this stream's reader nor the other streams suffer from it
            LOG.log(System.Logger.Level.WARNING, "cannot give the memory of a stream back", e);
        }
    }

    SynthesisStats stats(FinishReason reason) {
        return SynthesisStats.of(reason, job.seed(), deliveredFrames, seconds(deliveredFrames))
                .withTimes(ttfaMillis, millisSince(calledNanos), computeMillis)
                .withPromptTokens(job.pieces().subList(0, piece + 1).stream()
                        .mapToInt(Prompt::positions)
                        .sum());
    }

    /** Milliseconds since a reading of {@link System#nanoTime}. */
    static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }
}
