package io.github.qwen3tts.api;

import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.voice.ReferenceAudio;
import io.github.qwen3tts.internal.voice.VoiceFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Whose voice speaks: a preset speaker or a description, for the models that have them, or a person's voice, cloned from
 * a clip by a Base model. Clone only voices whose owners agree; {@link Clip#withConsent} keeps their word with the
 * voice.
 */
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
     * The voice of a clip, and the way it speaks there, by a Base checkpoint: the speech continues the clip. The nearest
     * clone there is.
     *
     * @param reference  what is spoken there, any rate and number of channels; 5 to 15 s are best
     * @param transcript every word of it, and nothing else; not blank
     * @return the voice; the clip is listened to when it first speaks, or by {@code TtsEngine.prepare}
     * @throws InvalidRequestException if the clip is silent or longer than two minutes, or the transcript is blank
     */
    static Clip clone(Pcm reference, String transcript) {
        Check.argument(
                !Check.isBlank(transcript),
                "transcript must not be blank; Voice.clone(reference) goes without one",
                "transcript",
                '"' + transcript + '"');
        return clone(reference).withTranscript(transcript);
    }

    /**
     * The voice of a clip alone, by a Base checkpoint: no transcript needed, less like the person than with one.
     *
     * @param reference what is spoken there, any rate and number of channels; 5 to 15 s are best
     * @return the voice; the clip is listened to when it first speaks, or by {@code TtsEngine.prepare}
     * @throws InvalidRequestException if the clip is silent or longer than two minutes
     */
    static Clip clone(Pcm reference) {
        return new Clip(reference, "", Clip.DEFAULT_SILENCE_MILLIS, Language.AUTO, "");
    }

    /**
     * A cloned voice from a file that {@link Cloned#save} wrote.
     *
     * @param file the voice file
     * @return the voice, ready to speak
     * @throws ModelLoadException if the file is missing, damaged, or no voice file
     */
    static Cloned load(Path file) {
        return VoiceFile.read(file);
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
            Check.argument(
                    !Check.isBlank(speaker), "speaker must be named; Voice.any() leaves it open", "speaker", speaker);
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
                    !Check.isBlank(description),
                    "voice description must not be blank; Voice.any() leaves it open",
                    "description",
                    description);
        }
    }

    /**
     * A clip to clone a voice from. The samples are shared, not copied: whoever hands them over stops writing to them.
     * Two clips are equal if they share their samples and agree on the rest.
     *
     * @param audio                  what is spoken; finite samples, not silent, two minutes at most
     * @param transcript             every word of it; empty to go by the sound of the voice alone
     * @param appendedSilenceMillis  silence put behind the clip before it is continued, in {@code [0, 5000]}: keeps its
     *                               last sound from leaking into the speech. 0 for what the official code does
     * @param language               of the clip, a note only; {@link Language#AUTO} if it does not matter
     * @param consent                what the owner of the voice agreed to, in words, a note only; may be empty
     */
    record Clip(Pcm audio, String transcript, int appendedSilenceMillis, Language language, String consent)
            implements Voice {

        /** Silence appended unless another length is asked for. */
        public static final int DEFAULT_SILENCE_MILLIS = 500;

        private static final int MAX_SILENCE_MILLIS = 5000;

        public Clip {
            Objects.requireNonNull(audio, "audio");
            Objects.requireNonNull(transcript, "transcript");
            Objects.requireNonNull(language, "language");
            Objects.requireNonNull(consent, "consent");
            Check.argument(
                    appendedSilenceMillis >= 0 && appendedSilenceMillis <= MAX_SILENCE_MILLIS,
                    "appendedSilenceMillis must be in [0, " + MAX_SILENCE_MILLIS + "]",
                    "appendedSilenceMillis",
                    appendedSilenceMillis);
            Check.argument(
                    transcript.isEmpty() || !Check.isBlank(transcript),
                    "transcript must be empty or have words",
                    "transcript",
                    '"' + transcript + '"');
            ReferenceAudio.inspect(audio);
        }

        /**
         * With a transcript.
         *
         * @param transcript every word of the clip; empty to go by the sound of the voice alone
         * @return the changed copy
         */
        public Clip withTranscript(String transcript) {
            return new Clip(audio, transcript, appendedSilenceMillis, language, consent);
        }

        /**
         * With another length of silence behind the clip.
         *
         * @param appendedSilenceMillis in {@code [0, 5000]}; 0 for what the official code does
         * @return the changed copy
         */
        public Clip withAppendedSilenceMillis(int appendedSilenceMillis) {
            return new Clip(audio, transcript, appendedSilenceMillis, language, consent);
        }

        /**
         * With a note on the language of the clip.
         *
         * @param language of the clip
         * @return the changed copy
         */
        public Clip withLanguage(Language language) {
            return new Clip(audio, transcript, appendedSilenceMillis, language, consent);
        }

        /**
         * With a note on what the owner of the voice agreed to.
         *
         * @param consent in words
         * @return the changed copy
         */
        public Clip withConsent(String consent) {
            return new Clip(audio, transcript, appendedSilenceMillis, language, consent);
        }

        /**
         * What may spoil a clone of this clip.
         *
         * @return the warnings about its sound; those about its transcript come with the cloned voice
         */
        public List<Warning> warnings() {
            return ReferenceAudio.inspect(audio);
        }
    }

    /**
     * A voice cloned from a clip: computed once, for any number of streams and threads, to be kept in a file. Fits
     * checkpoints of the kind and size it was made with. The arrays are copied when the voice is made; what the accessors
     * hand out is shared and must not be written to.
     *
     * @param speakerVector  {@code [hidden]}, how the voice sounds
     * @param referenceCodes {@code [frames * codeGroups]}, the clip as codes; empty if the voice goes without
     * @param frames         of the clip; 0 if the voice goes without
     * @param transcript     every word of the clip; empty if the voice goes without
     * @param origin         the checkpoint that listened to the clip
     * @param notes          what else is known about the voice
     */
    record Cloned(
            float[] speakerVector, int[] referenceCodes, int frames, String transcript, Origin origin, Notes notes)
            implements Voice {

        private static final int MAX_FRAMES = 4096;
        private static final int MAX_CODE = 0xffff;

        /**
         * The checkpoint that listened.
         *
         * @param modelType      {@code tts_model_type}
         * @param modelSize      {@code tts_model_size}
         * @param fingerprint of the checkpoint: tells checkpoints of one kind and size apart
         */
        public record Origin(String modelType, String modelSize, String fingerprint) {
            public Origin {
                Objects.requireNonNull(modelType, "modelType");
                Objects.requireNonNull(modelSize, "modelSize");
                Objects.requireNonNull(fingerprint, "fingerprint");
            }
        }

        /**
         * What does not change the sound.
         *
         * @param language of the clip; {@link Language#AUTO} if nobody said
         * @param created  when the voice was cloned
         * @param consent  what the owner of the voice agreed to; may be empty
         * @param warnings about the clip
         */
        public record Notes(Language language, Instant created, String consent, List<Warning> warnings) {
            public Notes {
                Objects.requireNonNull(language, "language");
                Objects.requireNonNull(created, "created");
                Objects.requireNonNull(consent, "consent");
                warnings = List.copyOf(warnings);
            }
        }

        public Cloned {
            speakerVector = speakerVector.clone();
            referenceCodes = referenceCodes.clone();
            Objects.requireNonNull(origin, "origin");
            Objects.requireNonNull(notes, "notes");
            Check.argument(speakerVector.length > 0, "speaker vector must not be empty", "width", speakerVector.length);
            for (float value : speakerVector) {
                Check.argument(Float.isFinite(value), "speaker vector must be finite", "value", value);
            }
            Check.argument(
                    frames >= 0
                            && frames <= MAX_FRAMES
                            && (frames == 0
                                    ? referenceCodes.length == 0
                                    : referenceCodes.length > 0 && referenceCodes.length % frames == 0),
                    "reference codes must be whole frames, at most " + MAX_FRAMES,
                    "codes",
                    referenceCodes.length,
                    "frames",
                    frames);
            for (int code : referenceCodes) {
                Check.argument(code >= 0 && code <= MAX_CODE, "code out of range", "code", code, "max", MAX_CODE);
            }
            Check.argument(
                    frames > 0 ? !Check.isBlank(transcript) : transcript.isEmpty(),
                    "a transcript goes with reference codes, and they with it",
                    "frames",
                    frames,
                    "transcript",
                    '"' + transcript + '"');
        }

        /**
         * Codes per frame of the reference.
         *
         * @return 0 if the voice goes without a reference
         */
        public int codeGroups() {
            return frames == 0 ? 0 : referenceCodes.length / frames;
        }

        /**
         * The sound of the voice alone: speaks without continuing the clip.
         *
         * @return the changed copy
         */
        public Cloned withoutReference() {
            return new Cloned(speakerVector, new int[0], 0, "", origin, notes);
        }

        /**
         * With other notes.
         *
         * @param notes what does not change the sound
         * @return the changed copy
         */
        public Cloned withNotes(Notes notes) {
            return new Cloned(speakerVector, referenceCodes, frames, transcript, origin, notes);
        }

        /**
         * Writes a voice file: one safetensors file, about 10 kB. It replaces an existing file only once it is complete.
         *
         * @param file to write; {@link Voice#load} reads it
         * @throws IOException if it cannot be written
         */
        public void save(Path file) throws IOException {
            VoiceFile.write(this, file);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Cloned that
                    && Arrays.equals(speakerVector, that.speakerVector)
                    && Arrays.equals(referenceCodes, that.referenceCodes)
                    && frames == that.frames
                    && transcript.equals(that.transcript)
                    && origin.equals(that.origin)
                    && notes.equals(that.notes);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(speakerVector) + Arrays.hashCode(referenceCodes);
        }

        @Override
        public String toString() {
            return "Cloned[" + origin.modelType() + " " + origin.modelSize() + ", width=" + speakerVector.length
                    + ", frames=" + frames + ", created=" + notes.created() + "]";
        }
    }

    /** No voice in particular. */
    enum Unspecified implements Voice {
        /** Whichever the model picks. */
        ANY
    }
}
