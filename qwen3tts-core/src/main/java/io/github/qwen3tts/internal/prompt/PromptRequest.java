package io.github.qwen3tts.internal.prompt;

import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.TextLayout;

/**
 * What is to be spoken, by whom and how.
 *
 * @param text     the text, plain: literals of special tokens have no meaning in it
 * @param language its language
 * @param voice    who speaks
 * @param instruct how to speak, or what voice to make up; empty for nothing
 * @param layout   how the text enters the model
 */
public record PromptRequest(String text, Language language, PromptVoice voice, String instruct, TextLayout layout) {

    /**
     * A text in a voice, without instruction, in the language the model hears from the text.
     *
     * @param text  the text
     * @param voice who speaks
     * @return the request
     */
    public static PromptRequest of(String text, PromptVoice voice) {
        return new PromptRequest(text, Language.AUTO, voice, "", TextLayout.MODEL_DEFAULT);
    }

    /**
     * With another text.
     *
     * @param text the text
     * @return the changed copy
     */
    public PromptRequest withText(String text) {
        return new PromptRequest(text, language, voice, instruct, layout);
    }

    /**
     * In another language.
     *
     * @param language the language
     * @return the changed copy
     */
    public PromptRequest withLanguage(Language language) {
        return new PromptRequest(text, language, voice, instruct, layout);
    }

    /**
     * With another instruction.
     *
     * @param instruct how to speak; empty for nothing
     * @return the changed copy
     */
    public PromptRequest withInstruct(String instruct) {
        return new PromptRequest(text, language, voice, instruct, layout);
    }

    /**
     * With the text entering the model in another way.
     *
     * @param layout the way
     * @return the changed copy
     */
    public PromptRequest withLayout(TextLayout layout) {
        return new PromptRequest(text, language, voice, instruct, layout);
    }
}
