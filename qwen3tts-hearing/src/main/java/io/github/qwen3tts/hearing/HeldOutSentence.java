package io.github.qwen3tts.hearing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A sentence that the demo voice was not trained on, and how well its teacher is understood. The teacher is what the demo
 * voice imitates, so its word errors are what the recogniser makes of itself.
 *
 * @param text    to speak
 * @param teacher word errors of the teacher, flite's voice slt
 * @param codec   word errors of the demo voice's codec decoder alone, fed with the teacher's codes
 */
public record HeldOutSentence(String text, WordErrors teacher, WordErrors codec) {

    /**
     * Reads the sentences that come with this module.
     *
     * @return all 40, in the order of their file
     */
    public static List<HeldOutSentence> all() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                HeldOutSentence.class.getResourceAsStream("sentences.tsv"), StandardCharsets.UTF_8))) {
            return lines.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(HeldOutSentence::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read sentences.tsv", e);
        }
    }

    private static HeldOutSentence parse(String line) {
        String[] fields = line.split("\t");
        int words = TextNormalizer.words(fields[2]).size();
        return new HeldOutSentence(
                fields[2],
                new WordErrors(Integer.parseInt(fields[0]), words),
                new WordErrors(Integer.parseInt(fields[1]), words));
    }
}
