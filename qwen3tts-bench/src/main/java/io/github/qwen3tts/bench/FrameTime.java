package io.github.qwen3tts.bench;

import java.util.List;

/**
 * Where the time of a frame goes: means, in milliseconds.
 *
 * @param talker        one step
 * @param codePredictor all groups of a frame
 * @param codec         its share of the chunk it is decoded with, but for what ran beside the language model
 * @param rest          sampling, looking up embeddings, handing audio over
 * @param prompt        its share of reading the prompt, once per speech
 */
record FrameTime(double talker, double codePredictor, double codec, double rest, double prompt) {

    /**
     * From all runs of graphs during one speech.
     *
     * @param graphs        in their order: what comes before the talker's second run is the prompt's
     * @param computeMillis the whole speech took
     * @param frames        it has
     */
    static FrameTime of(List<GraphTime> graphs, double computeMillis, int frames) {
        double talker = 0;
        double codePredictor = 0;
        double codec = 0;
        double prompt = 0;
        boolean isPromptRead = false;
        for (GraphTime run : graphs) {
            String graph = run.graph();
            if (graph.startsWith("codec_decoder")) {
                codec += run.millis();
            } else if (graph.startsWith("code_predictor")) {
                codePredictor += run.millis();
            } else if (graph.equals("talker") && isPromptRead) {
                talker += run.millis();
            } else {
                prompt += run.millis();
                isPromptRead |= graph.equals("talker");
            }
        }
        codec = Math.min(codec, computeMillis - talker - codePredictor - prompt);
        double rest = computeMillis - talker - codePredictor - codec - prompt;
        return new FrameTime(talker / frames, codePredictor / frames, codec / frames, rest / frames, prompt / frames);
    }

    double languageModel() {
        return talker + codePredictor;
    }

    double total() {
        return talker + codePredictor + codec + rest + prompt;
    }
}
