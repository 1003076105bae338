package io.github.qwen3tts.hub;

/** Compares names. */
final class EditDistance {

    private EditDistance() {}

    /** Returns how many letters to insert and delete to turn one text into the other. */
    static int between(String a, String b) {
        int[] row = new int[b.length() + 1]; // [length of b's beginning]
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 2);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
