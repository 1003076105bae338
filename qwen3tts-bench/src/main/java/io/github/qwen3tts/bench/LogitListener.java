package io.github.qwen3tts.bench;

import io.github.qwen3tts.internal.model.TensorListener;
import java.nio.FloatBuffer;

/** Passes on the scores of the draws, in their order, to whoever wants them at the moment. */
final class LogitListener implements TensorListener {

    /** Takes the scores of a draw, valid during the call. */
    @FunctionalInterface
    interface Taker {
        void take(FloatBuffer logits);
    }

    private Taker talker;
    private Taker codePredictor;

    /** Does some work while the scores go to the takers. */
    void during(Runnable work, Taker talker, Taker codePredictor) {
        this.talker = talker;
        this.codePredictor = codePredictor;
        try {
            work.run();
        } finally {
            this.talker = null;
            this.codePredictor = null;
        }
    }

    @Override
    public void tensor(String name, FloatBuffer values) {
        if (talker != null && name.startsWith("talker_logits.")) {
            talker.take(values);
        } else if (codePredictor != null && name.startsWith("predictor_logits.")) {
            codePredictor.take(values);
        }
    }
}
