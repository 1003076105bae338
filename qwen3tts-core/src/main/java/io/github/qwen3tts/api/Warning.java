package io.github.qwen3tts.api;

/** What may spoil a result although nothing failed. */
public enum Warning {
    /** The reference clip is longer than 30 s: cloning gets slower, not better. */
    REFERENCE_LONG("the reference clip is longer than 30 s; 5 to 15 s of clean speech are best"),
    /** The reference clip is shorter than 1 s: too little of the voice is heard. */
    REFERENCE_SHORT("the reference clip is shorter than 1 s; 5 to 15 s of clean speech are best"),
    /** The loudest passage of the reference clip is below -40 dBFS: noise is cloned along. */
    REFERENCE_QUIET("the reference clip is very quiet; record it louder"),
    /** The reference clip is overdriven: its distortion is cloned along. */
    REFERENCE_CLIPPED("the reference clip is clipped; record it less loud"),
    /** The transcript has less than a token for every second of the clip: it probably leaves something out. */
    TRANSCRIPT_SPARSE("the transcript is short for its clip; it has to have every word of it");

    private final String text;

    Warning(String text) {
        this.text = text;
    }

    /**
     * The warning for a person.
     *
     * @return a sentence: what is wrong, and the way out
     */
    public String text() {
        return text;
    }
}
