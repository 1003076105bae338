// slots.cuh - what the device knows about a stream; the host's view of the same bytes is SlotTable.java
#ifndef QWEN3TTS_SLOTS_CUH
#define QWEN3TTS_SLOTS_CUH

// Written by the host when a stream takes its slot.
struct SlotRequest {
    float temperature;  // 0 is greedy, likewise below
    int top_k;
    float top_p;
    float repetition_penalty;
    float predictor_temperature;
    int predictor_top_k;
    float predictor_top_p;
    int max_draws;  // draws of group 0, the discarded or final one included
    unsigned seed_low, seed_high;
    unsigned stream_low, stream_high;
    int trailing_rows;  // text rows that follow the prompt, so far
    int unused[3];
};

// Written by the host at the start and by the kernels from then on.
struct SlotProgress {
    int position;     // of the next talker input
    int frame;        // frames completed
    int draws;        // draws of group 0
    int status;       // of the last draw, see below
    int codec_frame;  // frames the codec decoder has taken
    int unused[3];
};

enum SlotStatus {
    SPEAKING = 0,     // the frame is complete
    ENDED = 1,        // the end code was drawn; there is no frame
    LIMIT = 2,        // the draw was the last one allowed; there is no frame
    NOT_FINITE = 3    // the logits of some draw are not numbers one can draw from
};

#endif
