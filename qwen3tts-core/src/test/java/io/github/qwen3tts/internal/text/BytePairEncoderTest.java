package io.github.qwen3tts.internal.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.qwen3tts.Soak;
import io.github.qwen3tts.api.PretokenizerRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Compares with the definition: merge the leftmost pair of the lowest rank until there is none. */
class BytePairEncoderTest {

    private static final long SEED = Soak.seed(7);
    private static final Path CHECKPOINT = GoldenFiles.path("checkpoints/mini-base");

    private final List<String> merges;
    private final Map<String, Integer> vocabulary;

    BytePairEncoderTest() throws IOException {
        merges = Files.readAllLines(CHECKPOINT.resolve("merges.txt"));
        vocabulary = new JsonMapper().readValue(CHECKPOINT.resolve("vocab.json").toFile(), new TypeReference<>() {});
    }

    @Test
    void wordsOfKnownTokensAreMergedByRank() {
        Tokenizer tokenizer = Tokenizer.load(CHECKPOINT, PretokenizerRule.QWEN2);
        Random random = new Random(SEED);
        for (int n = 0; n < Soak.cases(2_000); n++) {
            String word = randomWord(random);
            List<Integer> ids = Arrays.stream(tokenizer.encode(word)).boxed().toList();
            assertEquals(mergeByDefinition(word), ids, () -> "seed=" + SEED + ", word=" + word);
        }
    }

    /** Letters of a to z, single and in the groups that merges name. */
    private String randomWord(Random random) {
        StringBuilder word = new StringBuilder();
        int parts = 1 + random.nextInt(20);
        while (word.length() < parts) {
            String merge = merges.get(1 + random.nextInt(merges.size() - 1)).replace(" ", "");
            word.append(merge.matches("[a-z]+") ? merge : (char) ('a' + random.nextInt(26)));
        }
        return word.toString();
    }

    private List<Integer> mergeByDefinition(String word) {
        List<String> tokens = new ArrayList<>(Arrays.asList(word.split("")));
        while (true) {
            int best = -1;
            int bestRank = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < tokens.size(); i++) {
                int rank = merges.indexOf(tokens.get(i) + " " + tokens.get(i + 1));
                if (rank >= 0 && rank < bestRank) {
                    best = i;
                    bestRank = rank;
                }
            }
            if (best < 0) {
                return tokens.stream().map(vocabulary::get).toList();
            }
            tokens.set(best, tokens.get(best) + tokens.remove(best + 1));
        }
    }
}
