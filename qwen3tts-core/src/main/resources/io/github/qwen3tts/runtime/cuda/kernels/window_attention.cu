// window_attention.cu - one frame of the codec's transformer: rotary embedding, ring of keys and values, attention
//   math      q, k rotated at the frame's index p (dimension j with j + dim/2); out = softmax(q . K^T / sqrt(dim)) . V
//             over frames max(0, p - window + 1) .. p, head by head; all fp32
//   shapes    qkv [rows, 3 * heads * dim]; ring: in the slot's codec state, [2, window, heads * dim], keys then values,
//             frame f at f % window; frequencies [dim / 2]; out [rows, heads * dim]; rows with a negative slot are left
//   launch    128 threads; grid (heads, rows); shared memory (dim + window) floats; dim even, at most 128
//   versions  v0 one thread per head (kept: readable truth)
//             v1 a block per head: a warp per key, then a thread per dimension (shipped)
//   check     WindowAttentionTest
#include "common.cuh"
#include "slots.cuh"

__device__ __forceinline__ float rotated(const float* x, int i, int dim, const float* frequencies, int position) {
    const int half = dim / 2, j = i % half;
    const float angle = position * frequencies[j];
    const float c = cosf(angle), s = sinf(angle);
    return i < half ? x[j] * c - x[j + half] * s : x[j + half] * c + x[j] * s;
}

KERNEL window_attention_v0(const float* qkv, float* state, long long unsigned slot_stride, const float* frequencies,
                           float* out, const int* row_slot, const SlotProgress* progress, int heads, int dim,
                           int window, float scale) {
    after_previous();
    const int row = blockIdx.y, head = blockIdx.x * blockDim.x + threadIdx.x, slot = row_slot[row];
    if (slot < 0 || head >= heads) return;
    const int position = progress[slot].codec_frame, width = heads * dim;
    float *keys = state + slot * slot_stride + head * dim, *values = keys + (size_t)window * width;
    const float* q = qkv + (size_t)row * 3 * width + head * dim;
    for (int i = 0; i < dim; i++) {
        keys[(size_t)(position % window) * width + i] = rotated(q + width, i, dim, frequencies, position);
        values[(size_t)(position % window) * width + i] = q[2 * width + i];
    }
    const int first = max(0, position - window + 1);
    float* o = out + (size_t)row * width + head * dim;
    for (int i = 0; i < dim; i++) o[i] = 0.0f;
    float largest = LOWEST, total = 0.0f;
    for (int pass = 0; pass < 2; pass++) {
        for (int f = first; f <= position; f++) {
            float dot = 0.0f;
            for (int i = 0; i < dim; i++) {
                dot += rotated(q, i, dim, frequencies, position) * keys[(size_t)(f % window) * width + i];
            }
            if (pass == 0) {
                largest = fmaxf(largest, dot * scale);
                continue;
            }
            const float weight = expf(dot * scale - largest);
            total += weight;
            for (int i = 0; i < dim; i++) o[i] += weight * values[(size_t)(f % window) * width + i];
        }
    }
    for (int i = 0; i < dim; i++) o[i] /= total;
}
EXPORTED(window_attention_v0);

KERNEL __launch_bounds__(128)
    window_attention(const float* qkv, float* state, long long unsigned slot_stride, const float* frequencies,
                     float* out, const int* row_slot, const SlotProgress* progress, int heads, int dim, int window,
                     float scale) {
    after_previous();
    SHARED_MEMORY(shared);
    float* query = (float*)shared;    // [dim], rotated and scaled
    float* weights = query + dim;     // [window]
    const int row = blockIdx.y, head = blockIdx.x, slot = row_slot[row];
    const int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, warps = blockDim.x / WARP;
    if (slot < 0) return;  // whole blocks
    const int position = progress[slot].codec_frame, width = heads * dim;
    float *keys = state + slot * slot_stride + head * dim, *values = keys + (size_t)window * width;
    const float* q = qkv + (size_t)row * 3 * width + head * dim;
    for (int i = threadIdx.x; i < dim; i += blockDim.x) {
        const size_t here = (size_t)(position % window) * width + i;
        query[i] = rotated(q, i, dim, frequencies, position) * scale;
        keys[here] = rotated(q + width, i, dim, frequencies, position);
        values[here] = q[2 * width + i];
    }
    __syncthreads();

    const int first = max(0, position - window + 1), count = position - first + 1;
    for (int n = warp; n < count; n += warps) {
        const float* key = keys + (size_t)((first + n) % window) * width;
        float dot = 0.0f;
        for (int i = lane; i < dim; i += WARP) dot = fmaf(query[i], key[i], dot);
        dot = warp_sum(dot);
        if (lane == 0) weights[n] = dot;
    }
    __syncthreads();
    float largest = LOWEST;
    for (int n = 0; n < count; n++) largest = fmaxf(largest, weights[n]);
    for (int i = threadIdx.x; i < dim; i += blockDim.x) {
        float sum = 0.0f, total = 0.0f;
        for (int n = 0; n < count; n++) {
            const float weight = expf(weights[n] - largest);
            total += weight;
            sum = fmaf(weight, values[(size_t)((first + n) % window) * width + i], sum);
        }
        out[(size_t)row * width + head * dim + i] = sum / total;
    }
}
EXPORTED(window_attention);
