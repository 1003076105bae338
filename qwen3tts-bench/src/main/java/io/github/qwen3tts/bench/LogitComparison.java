package io.github.qwen3tts.bench;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.ModelConfig.TalkerConfig;
import io.github.qwen3tts.internal.sample.Candidates;
import io.github.qwen3tts.internal.sample.CodeHistory;
import io.github.qwen3tts.internal.sample.TalkerRules;
import java.nio.FloatBuffer;

/** Compares the scores of a model that follows a reference speech with the reference's, draw by draw. */
final class LogitComparison {

    private final TalkerConfig config;
    private final TalkerRules rules;
    private final Candidates talkerCandidates;
    private final Candidates predictorCandidates;
    private final Agreement talker = new Agreement();
    private final Agreement codePredictor = new Agreement();

    private ReferenceSpeech reference;
    private CodeHistory history;
    private int talkerDraws;
    private int predictorDraws;

    LogitComparison(Checkpoint checkpoint) {
        config = checkpoint.config().talker();
        rules = new TalkerRules(
                config.vocab(), config.endOfSpeech(), checkpoint.generation().repetitionPenalty());
        talkerCandidates = new Candidates(config.vocab());
        predictorCandidates = new Candidates(checkpoint.config().codePredictor().vocab());
    }

    /** The next draws are those of another speech. */
    void begin(ReferenceSpeech next) {
        reference = next;
        history = new CodeHistory(config.vocab());
        talkerDraws = 0;
        predictorDraws = 0;
    }

    /** Takes the raw scores of the speech's next group 0. */
    void talker(FloatBuffer logits) {
        float[] expected = reference.talkerLogits().get(talkerDraws);
        talker.add(expected, logits, bestOfTalker(FloatBuffer.wrap(expected)), bestOfTalker(logits));
        int drawn = talkerDraws * config.codeGroups();
        if (drawn < reference.codes().length) {
            history.add(reference.codes()[drawn]);
        }
        talkerDraws++;
    }

    /** Takes the raw scores of the next other group. */
    void codePredictor(FloatBuffer logits) {
        float[] expected = reference.predictorLogits().get(predictorDraws);
        codePredictor.add(expected, logits, bestOfPredictor(FloatBuffer.wrap(expected)), bestOfPredictor(logits));
        predictorDraws++;
    }

    private int bestOfTalker(FloatBuffer logits) {
        talkerCandidates.load(logits, 0);
        rules.constrain(talkerCandidates, history);
        return talkerCandidates.best();
    }

    private int bestOfPredictor(FloatBuffer logits) {
        predictorCandidates.load(logits, 0);
        return predictorCandidates.best();
    }

    Agreement.Score talkerScore() {
        return talker.score();
    }

    Agreement.Score codePredictorScore() {
        return codePredictor.score();
    }
}
