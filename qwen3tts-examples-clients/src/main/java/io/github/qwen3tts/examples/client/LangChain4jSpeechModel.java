package io.github.qwen3tts.examples.client;

import dev.langchain4j.data.audio.Audio;
import dev.langchain4j.model.audio.TextToSpeechModel;
import dev.langchain4j.model.audio.TextToSpeechRequest;
import dev.langchain4j.model.audio.TextToSpeechResponse;
import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.internal.wav.WavEncoding;
import io.github.qwen3tts.audio.internal.wav.WavWriter;

/** The engine as LangChain4j's {@link TextToSpeechModel}: WAV out, voices by the checkpoint's names. */
public final class LangChain4jSpeechModel implements TextToSpeechModel {

    private final TtsEngine engine;
    private final Voice defaultVoice;

    /**
     * A model on an engine.
     *
     * @param engine       speaks; stays the caller's to close
     * @param defaultVoice for requests that name none
     */
    public LangChain4jSpeechModel(TtsEngine engine, Voice defaultVoice) {
        this.engine = engine;
        this.defaultVoice = defaultVoice;
    }

    @Override
    public TextToSpeechResponse synthesize(TextToSpeechRequest request) {
        Voice voice = request.voice() == null ? defaultVoice : Voice.named(request.voice());
        byte[] wav = WavWriter.toBytes(
                engine.speak(SynthesisRequest.of(request.text(), voice)).audio(), WavEncoding.PCM16);
        return TextToSpeechResponse.from(
                Audio.builder().binaryData(wav).mimeType("audio/wav").build());
    }
}
