package io.github.qwen3tts.internal.stream;

import io.github.qwen3tts.api.Speech;
import io.github.qwen3tts.api.SpeechCancelledException;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SpeechSynthesizer;
import io.github.qwen3tts.api.SynthesisRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A speech that is made on another thread. Cancelling it closes its stream. */
public final class PendingSpeech extends CompletableFuture<Speech> {

    /** Runs each task on a daemon thread of its own. */
    public static final Executor NEW_THREAD = task -> {
        Thread thread = new Thread(task, "qwen3tts-speech");
        thread.setDaemon(true);
        thread.start();
    };

    private SpeechStream stream; // guarded by this; null before it is open

    private PendingSpeech() {}

    /** Starts to speak on a thread of the executor. */
    public static PendingSpeech start(SpeechSynthesizer synthesizer, SynthesisRequest request, Executor executor) {
        PendingSpeech pending = new PendingSpeech();
        SpeechSynthesizer cancellable = each -> pending.opened(synthesizer.stream(each));
        executor.execute(() -> {
            try {
                if (!pending.isDone()) {
                    pending.complete(cancellable.speak(request));
                }
            } catch (RuntimeException | Error e) {
                pending.completeExceptionally(e);
            }
        });
        return pending;
    }

    /** Remembers the stream, so that {@link #cancel} can close it; closes it if it was cancelled meanwhile. */
    private synchronized SpeechStream opened(SpeechStream open) {
        stream = open;
        if (isCancelled()) {
            open.close();
            throw new SpeechCancelledException("the speech was cancelled before it began");
        }
        return open;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        synchronized (this) {
            if (isCancelled() && stream != null) {
                stream.close();
            }
        }
        return cancelled;
    }
}
