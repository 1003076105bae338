package io.github.qwen3tts.hearing;

import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.internal.dsp.Resampler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Writes down the words of English speech: CMU Sphinx-4 with its generic models, an acoustic model of American English
 * up to 6.8 kHz and a trigram language model. Deterministic: equal audio yields equal words, whatever was recognised
 * before and on whichever thread. Loading takes some seconds and about 300 MB for each thread. Safe for any number of
 * threads.
 */
public final class SpeechRecognizer {

    static final int SAMPLE_RATE_HZ = 16_000;

    private final int threads;
    private final BlockingQueue<SphinxDecoder> idle;

    private SpeechRecognizer(List<SphinxDecoder> decoders) {
        threads = decoders.size();
        idle = new LinkedBlockingQueue<>(decoders);
    }

    /**
     * Loads the models.
     *
     * @param threads number of recordings that are recognised at once, {@code >= 1}; each has models of its own
     * @return the recogniser
     */
    public static SpeechRecognizer load(int threads) {
        return new SpeechRecognizer(
                inParallel(threads, IntStream.range(0, threads).boxed().toList(), i -> new SphinxDecoder()));
    }

    /**
     * Recognises one recording. Waits while all threads' models are in use.
     *
     * @param audio of any rate, length and number of channels; long audio is cut where it is quietest
     * @return the words, normalised as {@link TextNormalizer} does; empty if there are none
     */
    public List<String> words(Pcm audio) {
        SphinxDecoder decoder;
        try {
            decoder = idle.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a decoder: threads=" + threads, e);
        }
        try {
            List<String> words = new ArrayList<>();
            for (float[] piece : SpeechPieces.of(
                    Resampler.resample(audio.toMono(), SAMPLE_RATE_HZ).samples())) {
                words.addAll(TextNormalizer.words(decoder.recognize(piece)));
            }
            return words;
        } finally {
            idle.add(decoder);
        }
    }

    /**
     * Recognises many recordings, as many at once as there are threads.
     *
     * @param recordings of any rates and lengths
     * @return the words of each, in the order of {@code recordings}
     */
    public List<List<String>> words(List<Pcm> recordings) {
        return inParallel(threads, recordings, this::words);
    }

    private static <A, B> List<B> inParallel(int threads, List<A> items, Function<A, B> work) {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<B>> futures = new ArrayList<>();
            for (A item : items) {
                futures.add(executor.submit(() -> work.apply(item)));
            }
            List<B> results = new ArrayList<>();
            for (Future<B> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while recognising: recordings=" + items.size(), e);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } finally {
            executor.shutdownNow();
        }
    }
}
