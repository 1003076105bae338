package io.github.qwen3tts.api;

import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.internal.stream.PendingSpeech;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Turns text into speech. Applications depend on this interface, so that their tests need no engine;
 * {@code io.github.qwen3tts.TtsEngine} implements it. An implementation has to write {@link #stream}; everything else
 * builds on that. Safe for any number of threads.
 *
 * <pre>{@code
 * SpeechSynthesizer silence = request -> SpeechStream.of(List.of(AudioChunk.of(new float[1920], 24_000, 0, 1)));
 * }</pre>
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SpeechSynthesizer {

    /**
     * Starts to speak and returns the stream. Blocks only while a clip of a new voice is encoded.
     *
     * @param request what to speak, and how
     * @return the stream, to be read and closed by the caller
     * @throws InvalidRequestException if the request does not fit the model; the message says what would
     * @throws OverloadedException     if too many requests wait already
     * @throws EngineClosedException   if the engine is closed
     * @throws DeviceLostException     if the GPU is lost
     */
    SpeechStream stream(SynthesisRequest request);

    /**
     * Speaks a text with the model's default voice and waits for all of it.
     *
     * @param text to speak; not blank
     * @return the whole speech
     * @throws TtsException as {@link #speak(SynthesisRequest)}
     */
    default Speech speak(String text) {
        return speak(SynthesisRequest.of(text));
    }

    /**
     * Speaks and waits for all of it. Interrupting the thread cancels the speech.
     *
     * @param request what to speak, and how; its chunk schedule is not used
     * @return the whole speech; {@link Speech#isComplete} tells whether a limit cut it
     * @throws InvalidRequestException  if the request does not fit the model; the message says what would
     * @throws OverloadedException      if too many requests wait already
     * @throws EngineClosedException    if the engine is closed, also while it speaks
     * @throws DeviceLostException      if the GPU is lost
     * @throws SpeechCancelledException if the thread is interrupted; its interrupt flag stays set
     * @throws DeviceException          if the runtime fails
     */
    default Speech speak(SynthesisRequest request) {
        List<float[]> pieces = new ArrayList<>();
        int samples = 0;
        try (SpeechStream stream = stream(request.withChunks(ChunkSchedule.THROUGHPUT))) {
            for (AudioChunk chunk : stream) {
                pieces.add(chunk.samples());
                samples += chunk.samples().length;
            }
            float[] whole = new float[samples];
            int at = 0;
            for (float[] piece : pieces) {
                System.arraycopy(piece, 0, whole, at, piece.length);
                at += piece.length;
            }
            return Speech.of(Pcm.mono(whole, stream.sampleRateHz()), stream.stats());
        }
    }

    /**
     * Speaks without blocking the caller. Cancelling the future cancels the speech within one frame; a failure completes
     * the future exceptionally with the exception that {@link #speak(SynthesisRequest)} would throw.
     *
     * @param request what to speak, and how; its chunk schedule is not used
     * @return the speech to come
     */
    default CompletableFuture<Speech> speakAsync(SynthesisRequest request) {
        return PendingSpeech.start(this, request, PendingSpeech.NEW_THREAD);
    }
}
