package io.github.qwen3tts.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Scores of precisions for people and for programs. */
public final class ScoreTable {

    private static final String COLUMNS = """
            | precision | talker cosine mean / p5 / min | same best | code predictor cosine mean / p5 / min | same best \
            | greedy codes equal | first difference at frame | duration | codec SNR |
            |---|---|---|---|---|---|---|---|---|
            """;

    private static final String DEFINITIONS = """

            Compared with fp32 on the same checkpoint. Cosine: between the raw scores of a draw, while both are fed the codes that \
            fp32 drew at random. Same best: share of draws whose best allowed code is the same. Greedy: each left to itself without \
            randomness, prompt by prompt; codes of the frames both have; frames until the end or the limit, by those of fp32. Codec SNR: \
            audio of the fp32 codec decoder over what the other one changes, for the codes that fp32 drew.
            """;

    private ScoreTable() {}

    /**
     * A Markdown table.
     *
     * @param scores a row each
     * @return the page
     */
    public static String of(List<PrecisionScore> scores) {
        StringBuilder page = new StringBuilder(COLUMNS);
        for (PrecisionScore score : scores) {
            page.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %.1f %% | %s | %.1f %% | %.1f %% | %s | %.2f | %s |\n",
                    score.precision(),
                    cosine(score.talker().cosine()),
                    100 * score.talker().sameBest(),
                    cosine(score.codePredictor().cosine()),
                    100 * score.codePredictor().sameBest(),
                    100 * score.equalCodes(),
                    score.greedy().stream().map(ScoreTable::firstDifference).collect(Collectors.joining(", ")),
                    score.durationStretch(),
                    score.codecSnrDb() == null ? "fp32" : String.format(Locale.ROOT, "%.1f dB", score.codecSnrDb())));
        }
        return page.append(DEFINITIONS).toString();
    }

    /**
     * A Markdown table of what is heard.
     *
     * @param scores a row each, at least one
     * @return the page
     */
    public static String heard(List<HeardScore> scores) {
        StringBuilder page = new StringBuilder("""
                | precision | word error rate | end of speech | length |
                |---|---|---|---|
                """);
        for (HeardScore score : scores) {
            page.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %d of %d | %.1f s |\n",
                    score.precision(),
                    score.errors(),
                    score.ended(),
                    score.sentences(),
                    score.seconds()));
        }
        return page.append("""

                        Word error rate: errors by words of 40 sentences that the demo voice was not trained on, as CMU Sphinx-4 hears \
                        them. The teacher of the demo voice has %s. End of speech: sentences that the model ended itself.
                        """.formatted(scores.get(0).teacher())).toString();
    }

    private static String cosine(Summary cosine) {
        return String.format(Locale.ROOT, "%.5f / %.5f / %.5f", cosine.mean(), cosine.p5(), cosine.min());
    }

    private static String firstDifference(CodeAgreement codes) {
        return codes.firstDifference() == CodeAgreement.NONE ? "none" : Integer.toString(codes.firstDifference());
    }

    /**
     * The same as JSON.
     *
     * @param model  name of the checkpoint
     * @param scores an element each
     * @param heard  an element each; may be empty
     * @return one object
     * @throws IOException if a score has no JSON form
     */
    public static String json(String model, List<PrecisionScore> scores, List<HeardScore> heard) throws IOException {
        ObjectNode root = OwnProcess.JSON.createObjectNode().put("model", model);
        for (PrecisionScore score : scores) {
            ObjectNode node = OwnProcess.JSON.valueToTree(score);
            node.put("equalCodes", score.equalCodes()).put("durationStretch", score.durationStretch());
            root.withArray("scores").add(node);
        }
        heard.forEach(score -> root.withArray("heard").add(OwnProcess.JSON.valueToTree(score)));
        return OwnProcess.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }
}
