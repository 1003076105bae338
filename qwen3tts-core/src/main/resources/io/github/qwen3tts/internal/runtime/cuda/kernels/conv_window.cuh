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

    // Where step 0 of a stream's frame would lie if it followed the steps kept from before; null for a stream without a
    // slot, which has nothing before its frame but zeros.
    __device__ __forceinline__ const float* kept(int stream) const {
        const int slot = row_slot[stream];
        return slot < 0 ? nullptr : kept_in(slot);
    }

    __device__ __forceinline__ const float* kept_in(int slot) const {
        const int parity = progress[slot].codec_frame & 1;
        return state + slot * slot_stride + (size_t)(parity + 1) * history * channels;
    }

    // Step t of a stream's frame; t may reach back to -history.
    __device__ __forceinline__ float at(int stream, int t, int channel) const {
        if (t >= 0) return x[((size_t)stream * length + t) * channels + channel];
        const float* before = kept(stream);
        return before ? before[(long long)t * channels + channel] : 0.0f;
    }

    // Whether rows can be read four channels at a time.
    __device__ __forceinline__ bool aligned() const {
        return channels % 4 == 0 && slot_stride % 4 == 0 && ((size_t)x | (size_t)state) % 16 == 0;
    }

    // Keeps a stream's last steps for the next frame; the block does one of so many parts of it.
    __device__ __forceinline__ void keep(int stream, int part, int parts) const {
        if (row_slot[stream] < 0) return;
        if (aligned()) {
            keep<float4>(stream, part, parts);
        } else {
            keep<float>(stream, part, parts);
        }
    }

    // Loads T at a time, in groups: the frame, and what would lie in front of it, are a row of loads each.
    template <class T>
    __device__ __forceinline__ void keep(int stream, int part, int parts) const {
        const int AT_ONCE = 4, width = channels / (int)(sizeof(T) / sizeof(float));
        const int slot = row_slot[stream], parity = progress[slot].codec_frame & 1;
        T* next = (T*)(state + slot * slot_stride + (size_t)(1 - parity) * history * channels);
        const T *frame = (const T*)x + (size_t)stream * length * width, *before = (const T*)kept(stream);
        const int count = history * width, shift = (length - history) * width;
        const int step = parts * blockDim.x;
        for (int begin = part * blockDim.x + threadIdx.x; begin < count; begin += AT_ONCE * step) {
            T values[AT_ONCE];
#pragma unroll
            for (int u = 0; u < AT_ONCE; u++) {
                const int from = min(begin + u * step, count - 1) + shift;
                values[u] = *(from >= 0 ? frame + from : before + from);
            }
#pragma unroll
            for (int u = 0; u < AT_ONCE; u++) {
                if (begin + u * step < count) next[begin + u * step] = values[u];
            }
        }
    }
};

#endif
