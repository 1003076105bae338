// window_attention.cu - one frame of the codec's transformer: rotary embedding, ring of keys and values, attention
//   math      q, k rotated at the frame's index p (dimension j with j + dim/2); out = softmax(q . K^T / sqrt(dim)) . V
//             over frames max(0, p - window + 1) .. p, head by head; all fp32
//   shapes    qkv [rows, 3 * heads * dim]; ring: in the slot's codec state, [2, window, heads * dim], keys then values,
//             frame f at f % window; frequencies [dim / 2]; out [rows, heads * dim]; rows with a negative slot are left
//   launch    256 threads; grid (heads, rows); shared memory (dim + window + 256) floats; dim even, at most 128
//   versions  v0 one thread per head (kept: readable truth)
//             v1 a block per head: a warp takes four keys at a time, then groups of threads take every so-manieth value, a
//                thread per dimension, and are added up in order (shipped)
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

const int WINDOW_THREADS = 256;
const int KEYS_AT_ONCE = 4;
const int VALUES_AT_ONCE = 8;

KERNEL __launch_bounds__(256)
    window_attention(const float* qkv, float* state, long long unsigned slot_stride, const float* frequencies,
                     float* out, const int* row_slot, const SlotProgress* progress, int heads, int dim, int window,
                     float scale) {
    after_previous();
    SHARED_MEMORY(shared);
    float* query = (float*)shared;     // [dim], rotated and scaled
    float* weights = query + dim;      // [window], scores at first
    float* partial = weights + window;  // [groups][dims]
    const int row = blockIdx.y, head = blockIdx.x, slot = row_slot[row];
    const int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, warps = WINDOW_THREADS / WARP;
    if (slot < 0) return;  // whole blocks
    const int position = progress[slot].codec_frame, width = heads * dim;
    float *keys = state + slot * slot_stride + head * dim, *values = keys + (size_t)window * width;
    const float* q = qkv + (size_t)row * 3 * width + head * dim;
    const int first = max(0, position - window + 1), count = position - first + 1, start = first % window;
    for (int all = threadIdx.x; all < 3 * dim; all += WINDOW_THREADS) {
        const int part = all / dim, i = all % dim;  // query, key or value
        const size_t here = (size_t)(position % window) * width + i;
        const float y = part == 2 ? q[2 * width + i] : rotated(q + part * width, i, dim, frequencies, position);
        if (part == 0) query[i] = y * scale;
        if (part == 1) keys[here] = y;
        if (part == 2) values[here] = y;
    }
    __syncthreads();

    for (int begin = warp * KEYS_AT_ONCE; begin < count; begin += warps * KEYS_AT_ONCE) {
        float dots[KEYS_AT_ONCE];
        const float* key[KEYS_AT_ONCE];
#pragma unroll
        for (int u = 0; u < KEYS_AT_ONCE; u++) {
            const int at = start + min(begin + u, count - 1);
            key[u] = keys + (size_t)(at < window ? at : at - window) * width;
            dots[u] = 0.0f;
        }
        for (int i = lane; i < dim; i += WARP) {
#pragma unroll
            for (int u = 0; u < KEYS_AT_ONCE; u++) dots[u] = fmaf(query[i], key[u][i], dots[u]);
        }
        warp_sums(dots);
        const int each = WARP / KEYS_AT_ONCE, mine = begin + lane / each;
        if (lane % each == 0 && mine < count) weights[mine] = dots[0];
    }
    __syncthreads();
    float largest = LOWEST;
    for (int n = 0; n < count; n++) largest = fmaxf(largest, weights[n]);
    __syncthreads();
    for (int n = threadIdx.x; n < count; n += WINDOW_THREADS) weights[n] = expf(weights[n] - largest);
    __syncthreads();

    const int dims = (dim + WARP - 1) / WARP * WARP, groups = WINDOW_THREADS / dims;
    const int group = threadIdx.x / dims, i = threadIdx.x % dims;
    float sum = 0.0f;
    for (int begin = group; begin < count && group < groups && i < dim; begin += groups * VALUES_AT_ONCE) {
        float value[VALUES_AT_ONCE];
#pragma unroll
        for (int u = 0; u < VALUES_AT_ONCE; u++) {
            const int at = start + min(begin + u * groups, count - 1);
            value[u] = values[(size_t)(at < window ? at : at - window) * width + i];
        }
#pragma unroll
        for (int u = 0; u < VALUES_AT_ONCE; u++) {
            const int n = begin + u * groups;
            sum = fmaf(n < count ? weights[n] : 0.0f, value[u], sum);
        }
    }
    partial[threadIdx.x] = sum;
    __syncthreads();
    if ((int)threadIdx.x >= dim) return;
    float total = 0.0f, all = 0.0f;
    for (int n = 0; n < count; n++) total += weights[n];
    for (int g = 0; g < groups; g++) all += partial[g * dims + threadIdx.x];
    out[(size_t)row * width + head * dim + threadIdx.x] = all / total;
}
EXPORTED(window_attention);
