package io.github.qwen3tts.api;

import java.util.Objects;

/** Whose voice speaks. */
public sealed interface Voice {

    /**
     * A preset speaker of a CustomVoice checkpoint.
     *
     * @param speaker as the checkpoint names it, in any case
     * @return the voice
     */
    static Voice named(String speaker) {
        return new Named(speaker);
    }

    /**
     * A voice made from a description, by a VoiceDesign checkpoint.
     *
     * @param description in words, such as "a calm old man"
     * @return the voice
     */
    static Voice designed(String description) {
        return new Designed(description);
    }

    /**
     * No voice in particular: the model picks one, another one with every seed.
     *
     * @return the voice
     */
    static Voice any() {
        return Unspecified.ANY;
    }

    /**
     * A preset speaker.
     *
     * @param speaker as the checkpoint names it, in any case; not blank
     */
    record Named(String speaker) implements Voice {
        public Named {
            Objects.requireNonNull(speaker, "speaker");
            Check.argument(!speaker.isBlank(), "speaker must be named; Voice.any() leaves it open", "speaker", speaker);
        }
    }

    /**
     * A voice from a description.
     *
     * @param description in words; not blank
     */
    record Designed(String description) implements Voice {
        public Designed {
            Objects.requireNonNull(description, "description");
            Check.argument(
                    !description.isBlank(),
                    "voice description must not be blank; Voice.any() leaves it open",
                    "description",
                    description);
        }
    }

    /** No voice in particular. */
    enum Unspecified implements Voice {
        /** Whichever the model picks. */
        ANY
    }
}
