package io.github.qwen3tts.api;

import io.github.qwen3tts.internal.Check;
import io.github.qwen3tts.internal.voice.VoiceFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A voice cloned from a clip: encoded once, for any number of streams and threads, to be kept in a file. Fits checkpoints
 * of the kind and size it was made with. Immutable: arrays are copied when the voice is made; what the accessors hand out
 * is shared and must not be written to.
 *
 * @since 0.1.0
 */
public final class ClonedVoice implements Voice {

    private static final int MAX_FRAMES = 4096;
    private static final int MAX_CODE = 0xffff;

    private final float[] speakerVector;
    private final int[] referenceCodes;
    private final int frames;
    private final String transcript;
    private final Origin origin;
    private final Notes notes;

    /**
     * The checkpoint that encoded a clip.
     *
     * @param modelType   {@code tts_model_type}
     * @param modelSize   {@code tts_model_size}
     * @param fingerprint of the checkpoint: tells checkpoints of one kind and size apart
     */
    public record Origin(String modelType, String modelSize, String fingerprint) {
        public Origin {
            Objects.requireNonNull(modelType, "modelType");
            Objects.requireNonNull(modelSize, "modelSize");
            Objects.requireNonNull(fingerprint, "fingerprint");
        }
    }

    /** What does not change the sound. */
    private record Notes(Language language, Instant created, String consent, List<Warning> warnings) {
        private Notes {
            Objects.requireNonNull(language, "language");
            Objects.requireNonNull(created, "created");
            Objects.requireNonNull(consent, "consent");
            warnings = List.copyOf(warnings);
        }
    }

    private ClonedVoice(
            float[] speakerVector, int[] referenceCodes, int frames, String transcript, Origin origin, Notes notes) {
        this.speakerVector = speakerVector;
        this.referenceCodes = referenceCodes;
        this.frames = frames;
        this.transcript = transcript;
        this.origin = Objects.requireNonNull(origin, "origin");
        this.notes = notes;
    }

    /**
     * Makes a voice from what an encoder found in a clip.
     *
     * @param speakerVector  {@code [hidden]}, how the voice sounds; finite
     * @param referenceCodes {@code [frames * codeGroups]}, the clip as codes in {@code [0, 65535]}; empty if the voice goes
     *                       without
     * @param frames         of the clip, in {@code [0, 4096]}; 0 if the voice goes without
     * @param transcript     every word of the clip; empty if the voice goes without
     * @param origin         the checkpoint that encoded the clip
     * @return the voice, created now
     * @throws InvalidRequestException if the parts do not fit together
     */
    public static ClonedVoice of(
            float[] speakerVector, int[] referenceCodes, int frames, String transcript, Origin origin) {
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
        Notes notes = new Notes(Language.AUTO, Instant.now().truncatedTo(ChronoUnit.SECONDS), "", List.of());
        return new ClonedVoice(speakerVector.clone(), referenceCodes.clone(), frames, transcript, origin, notes);
    }

    private ClonedVoice with(Notes changed) {
        return new ClonedVoice(speakerVector, referenceCodes, frames, transcript, origin, changed);
    }

    /**
     * Removes the reference: the voice speaks by its sound alone, without continuing the clip.
     *
     * @return the changed copy
     */
    public ClonedVoice withoutReference() {
        return new ClonedVoice(speakerVector, new int[0], 0, "", origin, notes);
    }

    /**
     * Notes the language of the clip.
     *
     * @param language of the clip
     * @return the changed copy
     */
    public ClonedVoice withLanguage(Language language) {
        return with(new Notes(language, notes.created, notes.consent, notes.warnings));
    }

    /**
     * Notes when the voice was cloned.
     *
     * @param created the time
     * @return the changed copy
     */
    public ClonedVoice withCreated(Instant created) {
        return with(new Notes(notes.language, created, notes.consent, notes.warnings));
    }

    /**
     * Notes what the owner of the voice agreed to.
     *
     * @param consent in words; may be empty
     * @return the changed copy
     */
    public ClonedVoice withConsent(String consent) {
        return with(new Notes(notes.language, notes.created, consent, notes.warnings));
    }

    /**
     * Notes what may spoil the voice.
     *
     * @param warnings about the clip
     * @return the changed copy
     */
    public ClonedVoice withWarnings(List<Warning> warnings) {
        return with(new Notes(notes.language, notes.created, notes.consent, warnings));
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

    /**
     * Returns how the voice sounds.
     *
     * @return {@code [hidden]}
     */
    public float[] speakerVector() {
        return speakerVector;
    }

    /**
     * Returns the clip as codes.
     *
     * @return {@code [frames * codeGroups]}; empty if the voice goes without
     */
    public int[] referenceCodes() {
        return referenceCodes;
    }

    /**
     * Returns the length of the clip.
     *
     * @return frames of 80 ms; 0 if the voice goes without
     */
    public int frames() {
        return frames;
    }

    /**
     * Returns the codes per frame of the clip.
     *
     * @return 0 if the voice goes without
     */
    public int codeGroups() {
        return frames == 0 ? 0 : referenceCodes.length / frames;
    }

    /**
     * Returns every word of the clip.
     *
     * @return empty if the voice goes without
     */
    public String transcript() {
        return transcript;
    }

    /**
     * Returns the checkpoint that encoded the clip.
     *
     * @return its kind, size and fingerprint
     */
    public Origin origin() {
        return origin;
    }

    /**
     * Returns the language of the clip.
     *
     * @return {@link Language#AUTO} if nobody said
     */
    public Language language() {
        return notes.language;
    }

    /**
     * Returns when the voice was cloned.
     *
     * @return the time
     */
    public Instant created() {
        return notes.created;
    }

    /**
     * Returns what the owner of the voice agreed to.
     *
     * @return in words; may be empty
     */
    public String consent() {
        return notes.consent;
    }

    /**
     * Returns what may spoil the voice.
     *
     * @return the warnings about the clip and its transcript
     */
    public List<Warning> warnings() {
        return notes.warnings;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ClonedVoice that
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
        return "ClonedVoice[" + origin.modelType() + " " + origin.modelSize() + ", width=" + speakerVector.length
                + ", frames=" + frames + ", created=" + notes.created + "]";
    }
}
