package io.github.qwen3tts.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class FrameTimeTest {

    @Test
    void theFirstTalkerRunReadsThePromptAndTheOthersMakeFrames() {
        List<GraphTime> graphs = List.of(
                new GraphTime("text_projection", 2),
                new GraphTime("talker", 40),
                new GraphTime("code_predictor", 6),
                new GraphTime("code_predictor_head_0", 2),
                new GraphTime("codec_decoder", 10),
                new GraphTime("talker", 20),
                new GraphTime("code_predictor", 6),
                new GraphTime("code_predictor_head_0", 2),
                new GraphTime("codec_decoder", 14),
                new GraphTime("talker", 22));
        FrameTime time = FrameTime.of(graphs, 128, 2);
        assertEquals(new FrameTime(21, 8, 12, 2, 21), time);
        assertEquals(64, time.total());
        assertEquals(29, time.languageModel());
    }

    @Test
    void decodingBesideTheLanguageModelCountsAsFarAsItIsWaitedFor() {
        List<GraphTime> graphs = List.of(
                new GraphTime("talker", 40), new GraphTime("code_predictor", 6), new GraphTime("codec_decoder", 50));
        assertEquals(new FrameTime(0, 6, 4, 0, 40), FrameTime.of(graphs, 50, 1));
    }
}
