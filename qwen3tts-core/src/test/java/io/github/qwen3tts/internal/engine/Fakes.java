package io.github.qwen3tts.internal.engine;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.ChunkSchedule;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.internal.prompt.CodecSide;
import io.github.qwen3tts.internal.prompt.Prompt;
import io.github.qwen3tts.internal.sample.GenerationOptions;
import io.github.qwen3tts.internal.stream.PendingSpeech;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** An engine over fakes, and what tests ask of it. A frame is 80 ms, as in the real one. */
final class Fakes implements AutoCloseable {

    static final int SAMPLE_RATE_HZ = 50;
    static final double FRAME_SECONDS = 0.08;

    static final Duration UNLIMITED = Duration.ofDays(1);

    private static final int[] NO_CODES = {};

    final FakeLanguageModel model;
    final FakeCodecDecoder codec = new FakeCodecDecoder();
    final SpeechEngine engine;

    Fakes(FakeLanguageModel model, int maxStreams, double maxBufferedSeconds, boolean decodeBeside) {
        this(model, new SpeechEngine.Limits(maxStreams, 1_000, maxBufferedSeconds, UNLIMITED), decodeBeside);
    }

    Fakes(FakeLanguageModel model, SpeechEngine.Limits limits, boolean decodeBeside) {
        this.model = model;
        engine = new SpeechEngine(
                model, codec, SAMPLE_RATE_HZ, FakeLanguageModel.GROUPS, limits, decodeBeside, PendingSpeech.NEW_THREAD);
    }

    Fakes(FakeLanguageModel model, int maxStreams, double maxBufferedSeconds) {
        this(model, maxStreams, maxBufferedSeconds, false);
    }

    /** Eight streams, and more buffer than any test fills. */
    Fakes() {
        this(new FakeLanguageModel(1), 8, 1e6);
    }

    /** A speech of so many frames. */
    static SpeechJob job(int frames, long seed, ChunkSchedule chunks) {
        return job(frames, seed, chunks, GenerationOptions.OFFICIAL, NO_CODES);
    }

    static SpeechJob job(
            int frames, long seed, ChunkSchedule chunks, GenerationOptions generation, int[] referenceCodes) {
        return new SpeechJob(List.of(prompt(frames, referenceCodes)), generation, Integer.MAX_VALUE, seed, chunks);
    }

    /** A speech of pieces of so many frames each. */
    static SpeechJob pieces(int maxFrames, long seed, GenerationOptions generation, int... frames) {
        List<Prompt> prompts =
                Arrays.stream(frames).mapToObj(count -> prompt(count, NO_CODES)).toList();
        return new SpeechJob(prompts, generation, maxFrames, seed, ChunkSchedule.FIRST_AUDIO);
    }

    private static Prompt prompt(int frames, int[] referenceCodes) {
        List<Prompt.Row> rows = Collections.nCopies(frames, new Prompt.Row(0, new CodecSide.None()));
        return new Prompt(rows, 0, new int[1], 0, new float[0], referenceCodes);
    }

    SpeechStream speak(int frames, long seed) {
        return engine.submit(job(frames, seed, ChunkSchedule.fixed(1)));
    }

    static List<AudioChunk> chunks(SpeechStream stream) {
        List<AudioChunk> chunks = new ArrayList<>();
        stream.forEach(chunks::add);
        return chunks;
    }

    /** All samples, after checking that the chunks follow each other without a gap. */
    static float[] audio(SpeechStream stream) {
        List<AudioChunk> chunks = chunks(stream);
        int frames = chunks.stream().mapToInt(AudioChunk::frames).sum();
        float[] audio = new float[frames * FakeCodecDecoder.SAMPLES_PER_FRAME];
        int frame = 0;
        for (AudioChunk chunk : chunks) {
            if (chunk.firstFrame() != frame
                    || chunk.samples().length != chunk.frames() * FakeCodecDecoder.SAMPLES_PER_FRAME) {
                throw new AssertionError("chunk out of place: " + chunk + ", expected frame " + frame);
            }
            System.arraycopy(
                    chunk.samples(), 0, audio, frame * FakeCodecDecoder.SAMPLES_PER_FRAME, chunk.samples().length);
            frame += chunk.frames();
        }
        return audio;
    }

    /** What a speech sounds like, made without an engine. */
    static float[] expected(int frames, long seed) {
        FakeCodecDecoder codec = new FakeCodecDecoder();
        int[] codes = new int[frames * FakeLanguageModel.GROUPS];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = FakeLanguageModel.code(seed, i / FakeLanguageModel.GROUPS, i % FakeLanguageModel.GROUPS);
        }
        float[] audio = new float[frames * FakeCodecDecoder.SAMPLES_PER_FRAME];
        codec.decode(codes, frames, codec.start(), audio, 0);
        return audio;
    }

    @Override
    public void close() {
        model.steps.release(1_000_000); // the engine's thread may stand in a step
        codec.goOn();
        engine.close();
    }
}
