package io.github.qwen3tts.hearing;

import java.util.BitSet;
import java.util.List;

/**
 * One alignment of words with the fewest errors (Levenshtein distance over words).
 *
 * @param errors substitutions, deletions and insertions
 * @param heard  bit i is set if word i of what was to be said is aligned with an equal word
 */
record WordAlignment(int errors, BitSet heard) {

    static WordAlignment of(List<String> said, List<String> heard) {
        int[][] cost = costs(said, heard);
        BitSet equal = new BitSet(said.size());
        int i = said.size();
        int j = heard.size();
        while (i > 0 && j > 0) {
            if (said.get(i - 1).equals(heard.get(j - 1)) && cost[i][j] == cost[i - 1][j - 1]) {
                equal.set(i - 1);
                i--;
                j--;
            } else if (cost[i][j] == cost[i - 1][j - 1] + 1) {
                i--;
                j--;
            } else if (cost[i][j] == cost[i - 1][j] + 1) {
                i--;
            } else {
                j--;
            }
        }
        return new WordAlignment(cost[said.size()][heard.size()], equal);
    }

    /** {@code cost[i][j]}: errors between the first i words said and the first j heard. */
    private static int[][] costs(List<String> said, List<String> heard) {
        int[][] cost = new int[said.size() + 1][heard.size() + 1];
        for (int i = 0; i <= said.size(); i++) {
            for (int j = 0; j <= heard.size(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                } else {
                    int replaced = cost[i - 1][j - 1] + (said.get(i - 1).equals(heard.get(j - 1)) ? 0 : 1);
                    cost[i][j] = Math.min(replaced, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
                }
            }
        }
        return cost;
    }
}
