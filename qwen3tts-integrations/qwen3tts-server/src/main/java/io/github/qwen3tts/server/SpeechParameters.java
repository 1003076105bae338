package io.github.qwen3tts.server;

import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.SamplingOptions;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.audio.internal.dsp.TimeStretch;
import io.github.qwen3tts.config.InferenceSettings;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Parameters of a request: the fields of OpenAI's {@code /v1/audio/speech} and our extensions.
 *
 * @param input        text to speak; empty if it follows later
 * @param model        by any of its names
 * @param voice        by any of its names
 * @param instructions how to speak; empty for none
 * @param format       of the audio
 * @param speed        tempo; 2 is twice as fast
 * @param delivery     how the audio is sent
 * @param language     of the text
 * @param layout       whether the model reads the text ahead or along with the speech
 * @param seed         of the randomness
 * @param sampling     changes to the sampling of codes
 * @param reference    a clip to clone the voice from
 */
record SpeechParameters(
        String input,
        Optional<String> model,
        Optional<String> voice,
        String instructions,
        SpeechFormat format,
        double speed,
        Delivery delivery,
        Language language,
        TextLayout layout,
        Optional<Long> seed,
        SamplingOverrides sampling,
        Optional<Reference> reference) {

    private static final int MAX_INSTRUCTIONS_CHARS = 4_096;
    private static final int MAX_NEW_TOKENS = 1 << 16;
    private static final Map<String, String> LANGUAGE_CODES = Map.of(
            "zh",
            "chinese",
            "en",
            "english",
            "ja",
            "japanese",
            "ko",
            "korean",
            "de",
            "german",
            "fr",
            "french",
            "ru",
            "russian",
            "pt",
            "portuguese",
            "es",
            "spanish",
            "it",
            "italian");

    /** How the audio is sent. */
    enum Delivery {
        /** Whole, with its length. */
        WHOLE,
        /** As a stream of bytes. */
        STREAM,
        /** As server-sent events. */
        EVENTS
    }

    /** Changes to a checkpoint's sampling options; empty ones keep its default. */
    record SamplingOverrides(
            Optional<Double> temperature,
            Optional<Integer> topK,
            Optional<Double> topP,
            Optional<Double> repetitionPenalty,
            Optional<Integer> maxNewTokens) {

        /** Temperature, top-k and top-p are the talker's, as in the official code; temperature 0 is greedy throughout. */
        SamplingOptions options() {
            if (temperature.filter(t -> t == 0).isPresent()) {
                return penalised(SamplingOptions.MODEL_DEFAULT.greedy());
            }
            SamplingOptions options = SamplingOptions.MODEL_DEFAULT;
            if (temperature.isPresent()) {
                options = options.temperature(temperature.get().floatValue());
            }
            if (topK.isPresent()) {
                options = options.topK(topK.get());
            }
            if (topP.isPresent()) {
                options = options.topP(topP.get().floatValue());
            }
            return penalised(options);
        }

        private SamplingOptions penalised(SamplingOptions options) {
            return repetitionPenalty.isPresent()
                    ? options.repetitionPenalty(repetitionPenalty.get().floatValue())
                    : options;
        }

        /** Returns the limit as a duration: n draws without an end make n - 1 frames of 80 ms. */
        Optional<Duration> maxDuration() {
            return maxNewTokens.map(draws -> Duration.ofMillis(80L * (draws - 1)));
        }
    }

    /**
     * A clip to clone a voice from.
     *
     * @param audio     base64, a data URL, or a web address
     * @param text      what is said in it; empty if nobody knows
     * @param soundOnly whether to go by the sound of the voice alone
     */
    record Reference(String audio, String text, boolean soundOnly) {}

    /** Reads a request with its text. */
    static SpeechParameters of(JsonBody body, InferenceSettings defaults, int maxChars) {
        String input = body.text("input").orElse("");
        if (input.isBlank()) {
            throw ApiException.invalid("input", "input must be text to speak");
        }
        if (input.codePointCount(0, input.length()) > maxChars) {
            throw ApiException.invalid("input", "input is too long: maxChars=" + maxChars + "; split it");
        }
        return withoutInput(body, defaults).withInput(input);
    }

    /** Reads a request without its text. */
    static SpeechParameters withoutInput(JsonBody body, InferenceSettings defaults) {
        return new SpeechParameters(
                "",
                body.text("model"),
                body.textOrId("voice").filter(voice -> !voice.isBlank()),
                instructions(body),
                SpeechFormat.of(body.text("response_format").orElse("mp3")),
                body.number("speed", TimeStretch.MIN_SPEED, TimeStretch.MAX_SPEED)
                        .orElse(1.0),
                delivery(body, defaults),
                language(body),
                layout(body),
                body.big("seed"),
                new SamplingOverrides(
                        body.number("temperature", 0, 100),
                        body.whole("top_k", 0, Integer.MAX_VALUE),
                        body.number("top_p", 0.001, 1),
                        body.number("repetition_penalty", 0.01, 100),
                        body.whole("max_new_tokens", 2, MAX_NEW_TOKENS)),
                reference(body));
    }

    SpeechParameters withInput(String text) {
        return new SpeechParameters(
                text, model, voice, instructions, format, speed, delivery, language, layout, seed, sampling, reference);
    }

    /** A client that turns a missing value into text sends "None". */
    private static String instructions(JsonBody body) {
        String text = body.text("instructions").orElse("").strip();
        if (text.length() > MAX_INSTRUCTIONS_CHARS) {
            throw ApiException.invalid("instructions", "instructions are too long: maxChars=" + MAX_INSTRUCTIONS_CHARS);
        }
        return text.equals("None") ? "" : text;
    }

    private static Delivery delivery(JsonBody body, InferenceSettings defaults) {
        String format = body.text("stream_format").orElse("audio");
        boolean stream = body.flag("stream").orElse(defaults.streaming());
        return switch (format) {
            case "sse" -> Delivery.EVENTS;
            case "audio" -> stream ? Delivery.STREAM : Delivery.WHOLE;
            default -> throw ApiException.invalid("stream_format", "stream_format must be audio or sse");
        };
    }

    private static Language language(JsonBody body) {
        String name = body.text("language").orElse("auto").strip().toLowerCase(Locale.ROOT);
        return name.isEmpty() ? Language.AUTO : Language.of(LANGUAGE_CODES.getOrDefault(name, name));
    }

    /** Reads {@code non_streaming_mode}, the official code's name of the text layout. */
    private static TextLayout layout(JsonBody body) {
        return body.flag("non_streaming_mode")
                .map(ahead -> ahead ? TextLayout.NON_STREAMING : TextLayout.STREAMING)
                .orElse(TextLayout.MODEL_DEFAULT);
    }

    private static Optional<Reference> reference(JsonBody body) {
        String text = body.text("ref_text").orElse("").strip();
        boolean soundOnly = body.flag("x_vector_only_mode").orElse(text.isEmpty());
        Optional<String> audio = body.text("ref_audio").filter(source -> !source.isBlank());
        if (audio.isEmpty() && !text.isEmpty()) {
            throw ApiException.invalid("ref_audio", "ref_text is what is said in ref_audio, which is missing");
        }
        if (audio.isPresent() && text.isEmpty() && !soundOnly) {
            throw ApiException.invalid(
                    "ref_text",
                    "ref_text must say what is said in ref_audio; or set x_vector_only_mode to go by the sound of the"
                            + " voice alone");
        }
        return audio.map(source -> new Reference(source, text, soundOnly));
    }
}
