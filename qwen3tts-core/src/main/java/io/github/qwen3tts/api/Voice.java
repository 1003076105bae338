package io.github.qwen3tts.api;

import io.github.qwen3tts.audio.AudioReader;
import io.github.qwen3tts.audio.Pcm;
import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.voice.ReferenceAudio;
import io.github.qwen3tts.internal.voice.VoiceFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Says whose voice speaks: a preset speaker or a description, for the models that have them, or a person's voice, cloned
 * from a clip by a Base model. Clone only voices whose owners agree; {@link Clip#withConsent} keeps their word with the
 * voice. Immutable.
 *
 * @since 0.1.0
 */
public sealed interface Voice permits Voice.Named, Voice.Designed, Voice.Clip, ClonedVoice, AnyVoice {

    /**
     * Names a preset speaker of a CustomVoice checkpoint.
     *
     * @param speaker as the checkpoint names it, in any case
     * @return the voice
     * @throws InvalidRequestException if the name is blank
     */
    static Named named(String speaker) {
        return new Named(speaker);
    }

    /**
     * Describes a voice, for a VoiceDesign checkpoint.
     *
     * @param description in words, such as "a calm old man"
     * @return the voice
     * @throws InvalidRequestException if the description is blank
     */
    static Designed designed(String description) {
        return new Designed(description);
    }

    /**
     * Clones the voice of a clip, and the way it speaks there, with a Base checkpoint: the speech continues the clip. The
     * nearest clone there is.
     *
     * @param reference  speech at any rate, any number of channels; 5 to 15 s are best
     * @param transcript every word of it, and nothing else; not blank
     * @return the voice; the clip is encoded when it first speaks, or by {@code TtsEngine.prepare}
     * @throws InvalidRequestException if the clip is silent or longer than two minutes, or the transcript is blank
     */
    static Clip fromClip(Pcm reference, String transcript) {
        Check.argument(
                !Check.isBlank(transcript),
                "transcript must not be blank; Voice.fromClip(reference) goes without one",
                "transcript",
                '"' + transcript + '"');
        return fromClip(reference).withTranscript(transcript);
    }

    /**
     * Clones the voice of a clip alone, with a Base checkpoint: no transcript needed, less like the person than with one.
     *
     * @param reference speech at any rate, any number of channels; 5 to 15 s are best
     * @return the voice; the clip is encoded when it first speaks, or by {@code TtsEngine.prepare}
     * @throws InvalidRequestException if the clip is silent or longer than two minutes
     */
    static Clip fromClip(Pcm reference) {
        return new Clip(reference, "", Clip.DEFAULT_SILENCE, Language.AUTO, "");
    }

    /**
     * Reads a clip from a file and clones its voice; see {@link #fromClip(Pcm, String)}.
     *
     * @param file       WAV; with FFmpeg on the class path any other format, too
     * @param transcript every word of it, and nothing else; not blank
     * @return the voice
     * @throws IOException             if the file cannot be read or is no audio
     * @throws InvalidRequestException if the clip is silent or longer than two minutes, or the transcript is blank
     */
    static Clip fromClip(Path file, String transcript) throws IOException {
        return fromClip(AudioReader.read(file), transcript);
    }

    /**
     * Reads a clip from a file and clones its voice; see {@link #fromClip(Pcm)}.
     *
     * @param file WAV; with FFmpeg on the class path any other format, too
     * @return the voice
     * @throws IOException             if the file cannot be read or is no audio
     * @throws InvalidRequestException if the clip is silent or longer than two minutes
     */
    static Clip fromClip(Path file) throws IOException {
        return fromClip(AudioReader.read(file));
    }

    /**
     * Reads a cloned voice from a file that {@link ClonedVoice#save} wrote.
     *
     * @param file the voice file
     * @return the voice, ready to speak
     * @throws ModelLoadException if the file is missing, damaged, or no voice file
     */
    static ClonedVoice load(Path file) {
        return VoiceFile.read(file);
    }

    /**
     * Leaves the voice to the model, which picks another one with every seed.
     *
     * @return the voice
     */
    static Voice any() {
        return AnyVoice.ANY;
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
     */
    final class Clip implements Voice {

        /** Silence appended unless another length is asked for. */
        static final Duration DEFAULT_SILENCE = Duration.ofMillis(500);

        private static final Duration MAX_SILENCE = Duration.ofSeconds(5);

        private final Pcm audio;
        private final String transcript;
        private final Duration appendedSilence;
        private final Language language;
        private final String consent;

        private Clip(Pcm audio, String transcript, Duration appendedSilence, Language language, String consent) {
            this.audio = Objects.requireNonNull(audio, "audio");
            this.transcript = Objects.requireNonNull(transcript, "transcript");
            this.appendedSilence = Objects.requireNonNull(appendedSilence, "appendedSilence");
            this.language = Objects.requireNonNull(language, "language");
            this.consent = Objects.requireNonNull(consent, "consent");
            Check.argument(
                    !appendedSilence.isNegative() && appendedSilence.compareTo(MAX_SILENCE) <= 0,
                    "appendedSilence must be between 0 and 5 s",
                    "appendedSilence",
                    appendedSilence);
            Check.argument(
                    transcript.isEmpty() || !Check.isBlank(transcript),
                    "transcript must be empty or have words",
                    "transcript",
                    '"' + transcript + '"');
            ReferenceAudio.inspect(audio);
        }

        /**
         * Sets the transcript.
         *
         * @param transcript every word of the clip; empty to go by the sound of the voice alone
         * @return the changed copy
         * @throws InvalidRequestException if it is blank but not empty
         */
        public Clip withTranscript(String transcript) {
            return new Clip(audio, transcript, appendedSilence, language, consent);
        }

        /**
         * Sets the silence put behind the clip before it is continued. It keeps the clip's last sound from leaking into
         * the speech.
         *
         * @param appendedSilence 500 ms by default, 5 s at most; 0 for what the official code does
         * @return the changed copy
         * @throws InvalidRequestException if it is out of range
         */
        public Clip withAppendedSilence(Duration appendedSilence) {
            return new Clip(audio, transcript, appendedSilence, language, consent);
        }

        /**
         * Notes the language of the clip. It does not change the sound.
         *
         * @param language of the clip
         * @return the changed copy
         */
        public Clip withLanguage(Language language) {
            return new Clip(audio, transcript, appendedSilence, language, consent);
        }

        /**
         * Notes what the owner of the voice agreed to.
         *
         * @param consent in words
         * @return the changed copy
         */
        public Clip withConsent(String consent) {
            return new Clip(audio, transcript, appendedSilence, language, consent);
        }

        /**
         * Returns the audio.
         *
         * @return finite samples, not silent, two minutes at most
         */
        public Pcm audio() {
            return audio;
        }

        /**
         * Returns the transcript.
         *
         * @return every word of the clip; empty to go by the sound of the voice alone
         */
        public String transcript() {
            return transcript;
        }

        /**
         * Returns the silence put behind the clip.
         *
         * @return 5 s at most
         */
        public Duration appendedSilence() {
            return appendedSilence;
        }

        /**
         * Returns the language of the clip.
         *
         * @return {@link Language#AUTO} if nobody said
         */
        public Language language() {
            return language;
        }

        /**
         * Returns what the owner of the voice agreed to.
         *
         * @return in words; may be empty
         */
        public String consent() {
            return consent;
        }

        /**
         * Returns what may spoil a clone of this clip.
         *
         * @return the warnings about its sound; those about its transcript come with the cloned voice
         */
        public List<Warning> warnings() {
            return ReferenceAudio.inspect(audio);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Clip that
                    && audio.equals(that.audio)
                    && transcript.equals(that.transcript)
                    && appendedSilence.equals(that.appendedSilence)
                    && language.equals(that.language)
                    && consent.equals(that.consent);
        }

        @Override
        public int hashCode() {
            return Objects.hash(audio, transcript, appendedSilence, language, consent);
        }

        /** Shows the length, not the words. */
        @Override
        public String toString() {
            return "Clip[" + audio.seconds() + " s, transcript of " + transcript.length() + " characters]";
        }
    }
}
