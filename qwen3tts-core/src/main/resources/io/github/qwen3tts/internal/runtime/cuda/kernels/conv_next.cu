// conv_next.cu - the first half of a ConvNeXt block: depthwise convolution and layer norm
//   math      h[t, c] = bias[c] + sum over taps j of W[j, c] * x[t - (taps - 1 - j), c];
//             out = (h - mean(h)) * rsqrt(var(h) + eps) * norm + norm_bias over the channels, variance without
//             correction. The two layers behind it are rms_norm_linear (gelu) and linear_residual (scale gamma).
//   shapes    x and out [streams, length, channels], W [taps, channels], state: conv_window.cuh with history = taps - 1
//   launch    256 threads; grid (length + 1, streams), the last column keeps the state; shared memory (channels + 8)
//             floats
//   versions  v0 one thread per step (kept: readable truth)
//             v1 a block per step (shipped)
//   check     ConvNextTest
#include "conv_window.cuh"

#define CONV_NEXT_PARAMETERS                                                                                           \
    const float *x, float *state, long long unsigned slot_stride, const int *row_slot, const SlotProgress *progress,   \
        const float *weights, const float *bias, const float *norm, const float *norm_bias, float eps, float *out,     \
        int length, int channels, int taps

// Eight taps at a time: all their loads, then the sum in order. before: window.kept of the stream.
__device__ __forceinline__ float depthwise(const ConvWindow& window, const float* before, const float* weights,
                                           const float* bias, int taps, int stream, int t, int channel) {
    const int AT_ONCE = 8, channels = window.channels;
    const float* frame = window.x + (size_t)stream * window.length * channels;
    float sum = bias[channel];
    for (int first = 0; first < taps; first += AT_ONCE) {
        float weight[AT_ONCE], value[AT_ONCE];
#pragma unroll
        for (int u = 0; u < AT_ONCE; u++) {
            const int tap = min(first + u, taps - 1), from = t - (taps - 1 - tap);
            weight[u] = weights[tap * channels + channel];
            value[u] = from >= 0 || before ? (from >= 0 ? frame : before)[from * channels + channel] : 0.0f;
        }
#pragma unroll
        for (int u = 0; u < AT_ONCE; u++) {
            if (first + u < taps) sum = fmaf(weight[u], value[u], sum);
        }
    }
    return sum;
}

KERNEL conv_next_v0(CONV_NEXT_PARAMETERS) {
    after_previous();
    const ConvWindow window = {x, state, slot_stride, row_slot, progress, length, channels, taps - 1};
    const int t = blockIdx.x, stream = blockIdx.y;
    if (t == length) {
        window.keep(stream, 0, 1);
        return;
    }
    if (threadIdx.x != 0) return;
    const float* before = window.kept(stream);
    float mean = 0.0f, variance = 0.0f;
    for (int c = 0; c < channels; c++) mean += depthwise(window, before, weights, bias, taps, stream, t, c) / channels;
    for (int c = 0; c < channels; c++) {
        const float d = depthwise(window, before, weights, bias, taps, stream, t, c) - mean;
        variance += d * d / channels;
    }
    for (int c = 0; c < channels; c++) {
        const float d = depthwise(window, before, weights, bias, taps, stream, t, c) - mean;
        out[((size_t)stream * length + t) * channels + c] = d / sqrtf(variance + eps) * norm[c] + norm_bias[c];
    }
}
EXPORTED(conv_next_v0);

KERNEL __launch_bounds__(256) conv_next(CONV_NEXT_PARAMETERS) {
    after_previous();
    SHARED_MEMORY(shared);
    float* mixed = (float*)shared;       // [channels]
    float* scratch = mixed + channels;   // [8]
    const ConvWindow window = {x, state, slot_stride, row_slot, progress, length, channels, taps - 1};
    const int t = blockIdx.x, stream = blockIdx.y;
    if (t == length) {
        window.keep(stream, 0, 1);
        return;
    }
    const float* before = window.kept(stream);
    float sum = 0.0f;
    for (int c = threadIdx.x; c < channels; c += blockDim.x) {
        mixed[c] = depthwise(window, before, weights, bias, taps, stream, t, c);
        sum += mixed[c];
    }
    const float mean = block_sum(sum, scratch) / channels;
    float squares = 0.0f;
    for (int c = threadIdx.x; c < channels; c += blockDim.x) squares = fmaf(mixed[c] - mean, mixed[c] - mean, squares);
    const float scale = 1.0f / sqrtf(block_sum(squares, scratch) / channels + eps);
    for (int c = threadIdx.x; c < channels; c += blockDim.x) {
        out[((size_t)stream * length + t) * channels + c] = (mixed[c] - mean) * scale * norm[c] + norm_bias[c];
    }
}
EXPORTED(conv_next);

// The frame is decoded: counts it, which also turns the states' halves around.
KERNEL codec_frame_end(const int* row_slot, SlotProgress* progress, int streams) {
    after_previous();
    const int stream = blockIdx.x * blockDim.x + threadIdx.x;
    if (stream < streams && row_slot[stream] >= 0) progress[row_slot[stream]].codec_frame++;
}
EXPORTED(codec_frame_end);
