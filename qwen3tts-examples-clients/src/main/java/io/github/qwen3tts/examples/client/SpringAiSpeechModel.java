package io.github.qwen3tts.examples.client;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.audio.internal.Pcm16;
import io.github.qwen3tts.audio.internal.dsp.TimeStretch;
import io.github.qwen3tts.audio.internal.wav.WavEncoding;
import io.github.qwen3tts.audio.internal.wav.WavWriter;
import java.util.Arrays;
import java.util.List;
import org.springframework.ai.audio.tts.Speech;
import org.springframework.ai.audio.tts.TextToSpeechModel;
import org.springframework.ai.audio.tts.TextToSpeechOptions;
import org.springframework.ai.audio.tts.TextToSpeechPrompt;
import org.springframework.ai.audio.tts.TextToSpeechResponse;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * The engine as Spring AI's {@link TextToSpeechModel}, which is also its {@code StreamingTextToSpeechModel}: a call gives
 * a WAV file, a stream 16-bit PCM of 24 kHz as it is made. Cancelling a subscription cancels the speech; a slow
 * subscriber slows only its own.
 */
public final class SpringAiSpeechModel implements TextToSpeechModel {

    private static final String WAV = "wav";
    private static final String PCM = "pcm";

    private final TtsEngine engine;
    private final Voice defaultVoice;

    /**
     * A model on an engine.
     *
     * @param engine       speaks; stays the caller's to close
     * @param defaultVoice for prompts that name none
     */
    public SpringAiSpeechModel(TtsEngine engine, Voice defaultVoice) {
        this.engine = engine;
        this.defaultVoice = defaultVoice;
    }

    @Override
    public TextToSpeechResponse call(TextToSpeechPrompt prompt) {
        String format = format(prompt, WAV);
        float[] spoken = engine.speak(request(prompt)).audio().samples();
        TimeStretch tempo = tempo(prompt);
        float[] most = tempo.push(spoken);
        float[] rest = tempo.finish();
        float[] all = Arrays.copyOf(most, most.length + rest.length);
        System.arraycopy(rest, 0, all, most.length, rest.length);
        return response(
                format.equals(PCM)
                        ? pcm16(all)
                        : WavWriter.toBytes(Pcm.mono(all, engine.sampleRateHz()), WavEncoding.PCM16));
    }

    @Override
    public Flux<TextToSpeechResponse> stream(TextToSpeechPrompt prompt) {
        if (!format(prompt, PCM).equals(PCM)) {
            throw new InvalidRequestException("a stream is " + PCM + ": format=" + format(prompt, PCM));
        }
        return Flux.using(() -> engine.stream(request(prompt)), speech -> chunks(prompt, speech), SpeechStream::close)
                .subscribeOn(Schedulers.boundedElastic()); // reading a stream blocks
    }

    private Flux<TextToSpeechResponse> chunks(TextToSpeechPrompt prompt, SpeechStream speech) {
        TimeStretch tempo = tempo(prompt);
        return Flux.fromIterable(speech)
                .map(chunk -> tempo.push(chunk.samples()))
                .concatWith(Flux.defer(() -> Flux.just(tempo.finish())))
                .filter(samples -> samples.length > 0)
                .map(samples -> response(pcm16(samples)));
    }

    @Override
    public TextToSpeechOptions getOptions() {
        return TextToSpeechOptions.builder()
                .model(engine.toString())
                .format(WAV)
                .speed(1.0)
                .build();
    }

    private SynthesisRequest request(TextToSpeechPrompt prompt) {
        TextToSpeechOptions options = prompt.getOptions();
        Voice voice = options == null || options.getVoice() == null ? defaultVoice : Voice.named(options.getVoice());
        return SynthesisRequest.of(prompt.getInstructions().getText(), voice);
    }

    private TimeStretch tempo(TextToSpeechPrompt prompt) {
        TextToSpeechOptions options = prompt.getOptions();
        double speed = options == null || options.getSpeed() == null ? 1 : options.getSpeed();
        return new TimeStretch(speed, engine.sampleRateHz());
    }

    private static String format(TextToSpeechPrompt prompt, String otherwise) {
        TextToSpeechOptions options = prompt.getOptions();
        String format = options == null || options.getFormat() == null ? otherwise : options.getFormat();
        if (!format.equals(WAV) && !format.equals(PCM)) {
            throw new InvalidRequestException("format must be " + WAV + " or " + PCM + ": format=" + format);
        }
        return format;
    }

    private static byte[] pcm16(float[] samples) {
        byte[] bytes = new byte[samples.length * Pcm16.BYTES];
        Pcm16.encode(samples, 0, samples.length, bytes, 0);
        return bytes;
    }

    private static TextToSpeechResponse response(byte[] audio) {
        return new TextToSpeechResponse(List.of(new Speech(audio)));
    }
}
