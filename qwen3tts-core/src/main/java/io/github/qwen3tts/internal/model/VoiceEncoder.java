package io.github.qwen3tts.internal.model;

import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.EngineClosedException;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.api.Warning;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.internal.dsp.Resampler;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.model.graph.CodecEncoderGraph.Span;
import io.github.qwen3tts.internal.prompt.PromptVocabulary;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Clones voices: a clip becomes a speaker vector and, with a transcript, codes. Opens each encoder when it is first
 * needed, since many applications never clone, and remembers the clips it heard last. For any number of threads, one
 * clip at a time.
 */
public final class VoiceEncoder implements AutoCloseable {

    private static final int REMEMBERED = 8;
    private static final int MAX_TOKENS_PER_SECOND = 40; // no one speaks half as fast
    private static final int MILLIS_PER_SECOND = 1000;

    private final OrtRuntime runtime;
    private final Checkpoint checkpoint;
    private final Scope owned = new Scope();
    private final Map<Voice.Clip, ClonedVoice> remembered = new LinkedHashMap<>(REMEMBERED, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Voice.Clip, ClonedVoice> eldest) {
            return size() > REMEMBERED;
        }
    };
    private SpeakerEncoder speakerEncoder;
    private CodecEncoder codecEncoder;
    private ClonedVoice.Origin origin;
    private boolean closed;

    /**
     * An encoder for one checkpoint. Opens nothing yet.
     *
     * @param runtime    to run on
     * @param checkpoint a Base model, if anything is to be cloned
     */
    public VoiceEncoder(OrtRuntime runtime, Checkpoint checkpoint) {
        this.runtime = runtime;
        this.checkpoint = checkpoint;
    }

    /**
     * Clones a voice, unless the same clip was cloned a moment ago.
     *
     * @param clip             the clip
     * @param transcriptTokens tokens of its transcript; 0 if it has none
     * @return the voice
     * @throws InvalidRequestException if the clip is too short to be encoded, or its transcript cannot be of that clip
     * @throws EngineClosedException   if this encoder is closed
     * @throws DeviceException         if the runtime fails
     */
    public synchronized ClonedVoice encode(Voice.Clip clip, int transcriptTokens) {
        if (closed) {
            throw new EngineClosedException("the engine is closed: build another TtsEngine");
        }
        ClonedVoice known = remembered.get(clip);
        if (known == null) {
            known = listen(clip, transcriptTokens);
            remembered.put(clip, known);
        }
        return known;
    }

    private ClonedVoice listen(Voice.Clip clip, int transcriptTokens) {
        double seconds = clip.audio().seconds();
        Check.argument(
                transcriptTokens <= seconds * MAX_TOKENS_PER_SECOND,
                "transcript cannot be of this clip; transcribe just what is spoken there",
                "tokens",
                transcriptTokens,
                "seconds",
                seconds,
                "maxTokensPerSecond",
                MAX_TOKENS_PER_SECOND);
        List<Warning> warnings = new ArrayList<>(clip.warnings());
        boolean inContext = !clip.transcript().isEmpty();
        if (inContext && transcriptTokens < seconds) {
            warnings.add(Warning.TRANSCRIPT_SPARSE);
        }
        Pcm heard = Resampler.resample(clip.audio().toMono(), speakerEncoder().sampleRateHz());
        float[] vector = speakerEncoder().encode(heard.samples());
        int[] codes = {};
        int frames = 0;
        if (inContext) {
            int rate = codecEncoder().sampleRateHz();
            if (rate != heard.sampleRateHz()) {
                heard = Resampler.resample(clip.audio().toMono(), rate);
            }
            float[] samples = heard.samples();
            int silence = (int) (clip.appendedSilence().toMillis() * rate / MILLIS_PER_SECOND);
            codes = codecEncoder().encode(Arrays.copyOf(samples, samples.length + silence));
            frames = codecEncoder().frames(samples.length + silence);
        }
        return ClonedVoice.of(vector, codes, frames, clip.transcript(), origin())
                .withLanguage(clip.language())
                .withConsent(clip.consent())
                .withWarnings(warnings);
    }

    private SpeakerEncoder speakerEncoder() {
        if (speakerEncoder == null) {
            speakerEncoder = owned.own(SpeakerEncoder.open(runtime, checkpoint));
        }
        return speakerEncoder;
    }

    private CodecEncoder codecEncoder() {
        if (codecEncoder == null) {
            codecEncoder = owned.own(CodecEncoder.open(runtime, checkpoint, Span.WHOLE_CLIP, TensorListener.NONE));
        }
        return codecEncoder;
    }

    private ClonedVoice.Origin origin() {
        if (origin == null) {
            PromptVocabulary model = checkpoint.config().prompt();
            origin = new ClonedVoice.Origin(model.type().published(), model.size(), checkpoint.hash());
        }
        return origin;
    }

    /**
     * Reads the sound of a voice from another program's file.
     *
     * @param spk speaker vector, bare 32-bit floats
     * @return the voice
     * @throws ModelLoadException if the file is missing, damaged, or of another model
     */
    public synchronized ClonedVoice read(Path spk) {
        return new VoiceImport(checkpoint, origin()).read(spk);
    }

    /**
     * Reads a voice with its reference from another program's files.
     *
     * @param spk        speaker vector, bare 32-bit floats
     * @param rvq        reference codes, packed
     * @param transcript every word of the reference; not blank
     * @return the voice
     * @throws ModelLoadException if a file is missing, damaged, or of another model
     */
    public synchronized ClonedVoice read(Path spk, Path rvq, String transcript) {
        return new VoiceImport(checkpoint, origin()).read(spk, rvq, transcript);
    }

    @Override
    public synchronized void close() {
        closed = true;
        remembered.clear();
        owned.close();
    }
}
