package io.github.qwen3tts.internal.prompt;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.prompt.PromptLayout.Row;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Lays requests out as prompts, position by position as the official model does: instruction, role, header with
 * language and speaker, then the text and the codec side beside or behind it. Immutable; any number of threads may
 * share one.
 */
public final class PromptBuilder {

    private static final String ASSISTANT = "<|im_start|>assistant\n";
    private static final String USER = "<|im_start|>user\n";
    private static final String END = "<|im_end|>\n";
    private static final int ROLE_IDS = 3; // of ASSISTANT; the last one may take in line breaks the text begins with
    private static final int END_IDS = 2; // of END

    private static final CodecSide NONE = new CodecSide.None();

    private final Tokenizer tokenizer;
    private final PromptVocabulary vocabulary;
    private final int maxTextTokens;

    /**
     * A builder for one checkpoint.
     *
     * @param tokenizer     the checkpoint's tokenizer
     * @param vocabulary    the checkpoint's ids
     * @param maxTextTokens tokens that the text, the instruction and the transcript may each have, {@code >= 1}
     * @throws ModelLoadException if the tokenizer does not know the templates
     */
    public PromptBuilder(Tokenizer tokenizer, PromptVocabulary vocabulary, int maxTextTokens) {
        Check.argument(maxTextTokens >= 1, "maxTextTokens must be >= 1", "maxTextTokens", maxTextTokens);
        this.tokenizer = tokenizer;
        this.vocabulary = vocabulary;
        this.maxTextTokens = maxTextTokens;
        requireTemplate(ASSISTANT, ROLE_IDS);
        requireTemplate(END, END_IDS);
    }

    private void requireTemplate(String template, int ids) {
        int actual = tokenizer.encode(template).length;
        if (actual != ids) {
            throw new ModelLoadException(Check.message(
                    "tokenizer must know the prompt template",
                    "template",
                    template.strip(),
                    "expectedIds",
                    ids,
                    "actualIds",
                    actual));
        }
    }

    /**
     * Lays out one request. An instruction that the model does not support is dropped, as in the official code; see
     * {@link PromptVocabulary#instructSupported()}.
     *
     * @param request what is to be spoken
     * @return the prompt
     * @throws InvalidRequestException if the text is blank or too long, the language or the speaker unknown, or the
     *                                 model has no voices of this kind
     */
    public PromptLayout layout(PromptRequest request) {
        PromptVoice voice = request.voice();
        requireVoice(voice);
        int[] target = target(request.text());
        int[] instruct = instruct(request.instruct());
        int[] reference = voice instanceof PromptVoice.Continued clip ? reference(clip) : new int[0];

        List<Row> rows = new ArrayList<>();
        for (int id : instruct) {
            rows.add(new Row(id, NONE));
        }
        for (int id : role(target)) {
            rows.add(new Row(id, NONE));
        }
        for (CodecSide codec : header(vocabulary.languageId(request.language(), voice), voice)) {
            rows.add(new Row(vocabulary.text().pad(), codec));
        }
        CodecSide codecPad = new CodecSide.Token(vocabulary.codec().pad());
        rows.add(new Row(vocabulary.text().bos(), codecPad));

        int[] transcript = transcript(reference);
        int[] texts = texts(transcript, target);
        int header = rows.size();
        List<CodecSide> speech = speech(voice);
        int pad = vocabulary.text().pad();
        int[] trailing = {pad};
        if (isStreaming(request.layout())) { // side by side, the shorter one padded
            for (int i = 0; i < speech.size(); i++) {
                rows.add(new Row(i < texts.length ? texts[i] : pad, speech.get(i)));
            }
            if (texts.length > speech.size()) {
                trailing = Arrays.copyOfRange(texts, speech.size(), texts.length);
            }
        } else { // one after the other
            for (int id : texts) {
                rows.add(new Row(id, codecPad));
            }
            for (CodecSide codec : speech) {
                rows.add(new Row(pad, codec));
            }
        }
        int prefix = Math.min(header + transcript.length, rows.size());
        return new PromptLayout(rows, prefix, trailing, pad, new PromptTokens(target, instruct, reference));
    }

    /** The codec side of the header: language and speaker. */
    private List<CodecSide> header(OptionalInt language, PromptVoice voice) {
        PromptVocabulary.CodecIds codec = vocabulary.codec();
        List<CodecSide> header = new ArrayList<>();
        if (language.isPresent()) {
            header.add(new CodecSide.Token(codec.think()));
            header.add(new CodecSide.Token(codec.thinkBos()));
            header.add(new CodecSide.Token(language.getAsInt()));
        } else {
            header.add(new CodecSide.Token(codec.nothink()));
            header.add(new CodecSide.Token(codec.thinkBos()));
        }
        header.add(new CodecSide.Token(codec.thinkEos()));
        if (voice instanceof PromptVoice.Preset preset) {
            header.add(new CodecSide.Token(vocabulary.speakerId(preset)));
        } else if (!(voice instanceof PromptVoice.Unnamed)) {
            header.add(new CodecSide.Speaker());
        }
        return header;
    }

    /** All that is said: the transcript of the clip, the text, and the end. */
    private int[] texts(int[] transcript, int[] target) {
        IntStream text = Arrays.stream(target, ROLE_IDS, textEnd(target));
        IntStream end = IntStream.of(vocabulary.text().eos());
        return IntStream.concat(IntStream.concat(Arrays.stream(transcript), text), end)
                .toArray();
    }

    private static int[] transcript(int[] reference) {
        return reference.length == 0 ? reference : Arrays.copyOfRange(reference, ROLE_IDS, reference.length - END_IDS);
    }

    /** The beginning of speech: its first id, then the frames of the clip. */
    private List<CodecSide> speech(PromptVoice voice) {
        List<CodecSide> speech = new ArrayList<>();
        speech.add(new CodecSide.Token(vocabulary.codec().bos()));
        if (voice instanceof PromptVoice.Continued clip) {
            for (int frame = 0; frame < clip.frames(); frame++) {
                speech.add(new CodecSide.ReferenceFrame(frame));
            }
        }
        return speech;
    }

    private static int[] role(int[] target) {
        return Arrays.copyOf(target, ROLE_IDS);
    }

    /** Where the text ends in its template, which goes on with END and ASSISTANT. */
    private static int textEnd(int[] target) {
        return target.length - END_IDS - ROLE_IDS;
    }

    private int[] target(String text) {
        requireNotBlank("text", text);
        int[] ids = tokenizer.encode(ASSISTANT, text, END + ASSISTANT);
        requireTokens("text", textEnd(ids) - ROLE_IDS);
        return ids;
    }

    private int[] reference(PromptVoice.Continued clip) {
        requireNotBlank("transcript of the reference clip", clip.transcript());
        Check.argument(clip.frames() >= 1, "reference clip must have frames", "frames", clip.frames());
        int[] ids = tokenizer.encode(ASSISTANT, clip.transcript(), END);
        requireTokens("transcript of the reference clip", ids.length - END_IDS - ROLE_IDS);
        return ids;
    }

    private int[] instruct(String instruct) {
        if (instruct.isEmpty() || !vocabulary.instructSupported()) {
            return new int[0];
        }
        int[] ids = tokenizer.encode(USER, instruct, END);
        requireTokens("instruction", ids.length - tokenizer.encode(USER + END).length);
        return ids;
    }

    /** Something must be left to speak: not white space only, which the role may even take in as its own. */
    private static void requireNotBlank(String what, String text) {
        boolean blank = text.chars().allMatch(c -> Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85);
        Check.argument(!blank, what + " must have something to speak", "chars", text.length());
    }

    private void requireTokens(String what, int tokens) {
        if (tokens > maxTextTokens) {
            throw new InvalidRequestException(
                    Check.message(what + " too long for one request", "tokens", tokens, "maxTextTokens", maxTextTokens)
                            + "; split it, or raise the limit");
        }
    }

    private boolean isStreaming(TextLayout layout) {
        TextLayout actual =
                layout == TextLayout.MODEL_DEFAULT ? vocabulary.type().defaultLayout() : layout;
        return actual == TextLayout.STREAMING;
    }

    private void requireVoice(PromptVoice voice) {
        boolean cloned = voice instanceof PromptVoice.Vector || voice instanceof PromptVoice.Continued;
        String offer = switch (vocabulary.type()) {
            case BASE -> cloned ? null : "give it a reference clip or a speaker vector";
            case CUSTOM_VOICE -> cloned ? "name one of " + vocabulary.speakerNames() : null;
            case VOICE_DESIGN -> voice instanceof PromptVoice.Unnamed ? null : "describe a voice";
        };
        if (offer != null) {
            throw new InvalidRequestException(Check.message(
                            "model has no voices of this kind",
                            "model",
                            vocabulary.type().published(),
                            "voice",
                            voice.getClass().getSimpleName())
                    + "; " + offer);
        }
    }
}
