package io.github.qwen3tts.bench;

import io.github.qwen3tts.internal.prompt.Prompt;
import java.util.List;

/**
 * What the exact model did with a prompt.
 *
 * @param prompt          it read
 * @param codes           it drew at random: {@code [frames * codeGroups]}
 * @param talkerLogits    raw, of every draw of group 0, the last one's result dropped: {@code [frames + 1][vocab]}
 * @param predictorLogits raw, of every other draw: {@code [frames * (codeGroups - 1)][codebook]}
 * @param greedyCodes     it draws without randomness: {@code [greedy frames * codeGroups]}
 */
record ReferenceSpeech(
        Prompt prompt, int[] codes, List<float[]> talkerLogits, List<float[]> predictorLogits, int[] greedyCodes) {}
