// conv_window.cuh - what a causal convolution of one frame per stream reads and keeps
//
//   Time runs down the rows: x [streams, length, channels], the steps of one frame. The steps before it are the stream's
//   state, [2, history, channels] in its part of the codec state: the half that codec_frame's parity names is read, the
//   other one written, so blocks that still read and the block that writes never meet. Zero state is a zero start.
#ifndef QWEN3TTS_CONV_WINDOW_CUH
#define QWEN3TTS_CONV_WINDOW_CUH

#include "common.cuh"
#include "slots.cuh"

struct ConvWindow {
    const float* x;
    float* state;              // of slot 0
    long long unsigned slot_stride;  // floats from slot to slot
    const int* row_slot;
    const SlotProgress* progress;
    int length, channels, history;

    // Step t of a stream's frame; t may reach back to -history. Streams without a slot read zeros before the frame.
    __device__ __forceinline__ float at(int stream, int t, int channel) const {
        if (t >= 0) return x[((size_t)stream * length + t) * channels + channel];
        const int slot = row_slot[stream];
        if (slot < 0) return 0.0f;
        const float* kept = state + slot * slot_stride + (size_t)(progress[slot].codec_frame & 1) * history * channels;
        return kept[(size_t)(history + t) * channels + channel];
    }

    // Keeps the last steps for the next frame; done by the threads of one block.
    __device__ __forceinline__ void keep(int stream) const {
        const int slot = row_slot[stream];
        if (slot < 0) return;
        const int parity = progress[slot].codec_frame & 1;
        float* next = state + slot * slot_stride + (size_t)(1 - parity) * history * channels;
        for (int i = threadIdx.x; i < history * channels; i += blockDim.x) {
            next[i] = at(stream, length - history + i / channels, i % channels);
        }
    }
};

#endif
