package io.github.qwen3tts.bench;

/**
 * How alike two speeches of the same prompt are, each model left to itself.
 *
 * @param frames          of the exact model's speech
 * @param otherFrames     of the other one
 * @param firstDifference the first frame that is not the same in both; {@link #NONE} if they are equal
 * @param equalCodes      share of the codes in the frames that both have
 */
record CodeAgreement(int frames, int otherFrames, int firstDifference, double equalCodes) {

    static final int NONE = -1;

    /** Codes are {@code [frames * groups]}. */
    static CodeAgreement of(int[] exact, int[] other, int groups) {
        int common = Math.min(exact.length, other.length);
        int first = exact.length == other.length ? NONE : common / groups;
        int equal = 0;
        for (int i = common - 1; i >= 0; i--) {
            if (exact[i] == other[i]) {
                equal++;
            } else {
                first = i / groups;
            }
        }
        return new CodeAgreement(
                exact.length / groups, other.length / groups, first, common == 0 ? 1 : (double) equal / common);
    }
}
