package io.github.qwen3tts.internal.prompt;

import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.TextLayout;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.prompt.Prompt.Row;
import io.github.qwen3tts.internal.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Builds prompts of requests, position by position as the official model does: instruction, role, header with language
 * and speaker, then the text and the codec side beside or behind it. Immutable; any number of threads may share one.
 */
public final class PromptBuilder {

    private static final String ASSISTANT = "<|im_start|>assistant\n";
    private static final String USER = "<|im_start|>user\n";
    private static final String END = "<|im_end|>\n";
    private static final int ROLE_IDS = 3; // of ASSISTANT; the last one may take in line breaks the text begins with
    private static final int END_IDS = 2; // of END

    private static final CodecSide NONE = new CodecSide.None();
    private static final float[] NO_VECTOR = {};
    private static final int[] NO_IDS = {};

    private final Tokenizer tokenizer;
    private final RequestRules rules;
    private final PromptVocabulary vocabulary;

    /**
     * A builder for one checkpoint.
     *
     * @param tokenizer the checkpoint's tokenizer
     * @param rules     the checkpoint's
     * @throws ModelLoadException if the tokenizer does not know the templates
     */
    public PromptBuilder(Tokenizer tokenizer, RequestRules rules) {
        this.tokenizer = tokenizer;
        this.rules = rules;
        vocabulary = rules.model();
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
     * The tokenised templates that a prompt is cut from.
     *
     * @param target    the text in its template
     * @param instruct  the instruction or the description of the voice in its template, empty if there is none
     * @param reference the transcript of the reference in its template, empty if there is none
     */
    record Templates(int[] target, int[] instruct, int[] reference) {

        /** The ids of the text alone; where it ends, its template goes on with END and ASSISTANT. */
        int[] text() {
            return Arrays.copyOfRange(target, ROLE_IDS, target.length - END_IDS - ROLE_IDS);
        }

        /** The ids of the transcript alone. */
        int[] transcript() {
            return reference.length == 0
                    ? reference
                    : Arrays.copyOfRange(reference, ROLE_IDS, reference.length - END_IDS);
        }
    }

    /**
     * Builds the prompt of one request.
     *
     * @param request what to speak; a clip must have been encoded
     * @return the prompt
     * @throws InvalidRequestException if the request does not fit the model, or a text is too long
     */
    public Prompt build(SynthesisRequest request) {
        rules.check(request);
        Voice voice = request.voice().orElseThrow();
        Templates templates = templates(request);
        List<Row> rows = new ArrayList<>();
        for (int id : templates.instruct()) {
            rows.add(new Row(id, NONE));
        }
        for (int id : Arrays.copyOf(templates.target(), ROLE_IDS)) {
            rows.add(new Row(id, NONE));
        }
        for (CodecSide codec : header(vocabulary.languageId(request.language(), voice), voice)) {
            rows.add(new Row(vocabulary.text().pad(), codec));
        }
        CodecSide codecPad = new CodecSide.Token(vocabulary.codec().pad());
        rows.add(new Row(vocabulary.text().bos(), codecPad));

        int[] texts = texts(templates);
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
        int prefix = Math.min(header + templates.transcript().length, rows.size());
        return voice instanceof ClonedVoice cloned
                ? new Prompt(rows, prefix, trailing, pad, cloned.speakerVector(), cloned.referenceCodes())
                : new Prompt(rows, prefix, trailing, pad, NO_VECTOR, NO_IDS);
    }

    /** The codec side of the header: language and speaker. */
    private List<CodecSide> header(OptionalInt language, Voice voice) {
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
        if (voice instanceof Voice.Named named) {
            header.add(new CodecSide.Token(vocabulary.speakerId(named)));
        } else if (voice instanceof ClonedVoice) {
            header.add(new CodecSide.Speaker());
        }
        return header;
    }

    /** All that is spoken: the transcript of the reference, the text, and the end. */
    private int[] texts(Templates templates) {
        IntStream spoken = IntStream.concat(IntStream.of(templates.transcript()), IntStream.of(templates.text()));
        return IntStream.concat(spoken, IntStream.of(vocabulary.text().eos())).toArray();
    }

    /** The beginning of speech: its first id, then the frames of the reference. */
    private List<CodecSide> speech(Voice voice) {
        List<CodecSide> speech = new ArrayList<>();
        speech.add(new CodecSide.Token(vocabulary.codec().bos()));
        if (voice instanceof ClonedVoice cloned) {
            for (int frame = 0; frame < cloned.frames(); frame++) {
                speech.add(new CodecSide.ReferenceFrame(frame));
            }
        }
        return speech;
    }

    /** Tokenises a request that has been checked. */
    Templates templates(SynthesisRequest request) {
        Voice voice = request.voice().orElseThrow();
        if (voice instanceof Voice.Clip) {
            throw new IllegalArgumentException("a clip must be encoded before its prompt is built");
        }
        return new Templates(
                target(request.text()),
                instruct(voice instanceof Voice.Designed designed ? designed.description() : request.instruct()),
                reference(voice instanceof ClonedVoice cloned ? cloned.transcript() : ""));
    }

    private int[] target(String text) {
        int[] ids = tokenizer.encode(ASSISTANT, text, END + ASSISTANT);
        rules.checkTokens("text", ids.length - 2 * ROLE_IDS - END_IDS);
        return ids;
    }

    private int[] instruct(String instruct) {
        if (instruct.isEmpty()) {
            return NO_IDS;
        }
        int[] ids = tokenizer.encode(USER, instruct, END);
        rules.checkTokens("instruction", ids.length - tokenizer.encode(USER + END).length);
        return ids;
    }

    private int[] reference(String transcript) {
        if (transcript.isEmpty()) {
            return NO_IDS;
        }
        int[] ids = tokenizer.encode(ASSISTANT, transcript, END);
        rules.checkTokens("transcript of the reference clip", ids.length - END_IDS - ROLE_IDS);
        return ids;
    }

    private boolean isStreaming(TextLayout layout) {
        TextLayout actual =
                layout == TextLayout.MODEL_DEFAULT ? vocabulary.type().defaultLayout() : layout;
        return actual == TextLayout.STREAMING;
    }
}
