package io.github.qwen3tts.internal.device;

import io.github.qwen3tts.api.Device;
import io.github.qwen3tts.api.Precision;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.CodecDecoder;
import io.github.qwen3tts.internal.model.LanguageModel;
import io.github.qwen3tts.internal.model.cuda.CudaModel;
import io.github.qwen3tts.internal.model.cuda.CudaSettings;
import io.github.qwen3tts.internal.runtime.Opening;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.cuda.Cuda;
import io.github.qwen3tts.internal.runtime.cuda.CudaOptions;
import java.util.List;

/** The model as kernels of our own on a card; encoders of voices stay on the processor. */
public final class CudaBackend implements ModelBackend {

    private final OrtRuntime encoders;
    private final Checkpoint checkpoint;
    private final CudaOptions options;
    private final List<CudaSettings> choices;
    private final Scope owned = new Scope();
    private final Opening<io.github.qwen3tts.internal.runtime.cuda.Device> card;
    private CudaSettings settings; // the best choice, until the card's memory is known
    private CudaModel model;

    /** Takes the first of the choices that fits the card. */
    CudaBackend(OrtRuntime encoders, Checkpoint checkpoint, CudaOptions options, List<CudaSettings> choices) {
        this.encoders = encoders;
        this.checkpoint = checkpoint;
        this.options = options;
        this.choices = choices;
        settings = choices.get(0);
        card = owned.own(new Opening<>(() -> Cuda.open(options))); // may have to compile kernels
    }

    /** Puts the model on the card, which shows whether it opens and has room; once. */
    void open() {
        settings = CudaModel.firstThatFits(card.await().freeBytes(), checkpoint, choices);
        model = owned.own(CudaModel.open(card.await(), checkpoint, settings));
    }

    @Override
    public LanguageModel languageModel() {
        if (model == null) {
            open();
        }
        return model.languageModel();
    }

    @Override
    public CodecDecoder codecDecoder() {
        return model.codecDecoder();
    }

    /** Both take turns on the card. */
    @Override
    public boolean decodesBeside() {
        return false;
    }

    @Override
    public OrtRuntime encoders() {
        return encoders;
    }

    @Override
    public Device device() {
        return Device.cuda(options.device());
    }

    @Override
    public Precision precision() {
        return settings.precision();
    }

    @Override
    public int maxStreams() {
        return settings.maxStreams();
    }

    @Override
    public int maxPositions() {
        return settings.maxPositions();
    }

    @Override
    public void close() {
        owned.close();
    }

    @Override
    public String toString() {
        return "kernels on " + device() + ", " + settings.maxStreams() + " streams of " + settings.maxPositions()
                + " positions";
    }
}
