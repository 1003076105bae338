// qk_norm_rope_append.cu - what happens to q, k and v between their projection and attention
//   math      q and k: y = rope(x * rsqrt(mean(x^2) + eps) * norm, position) per head; rope turns dimension j with
//             j + dim/2 by position * frequencies[j]; v as it is. Then k and v are written to the cache. All fp32.
//   shapes    qkv [rows, (heads + 2 * kv_heads) * dim], q first, q in place; q_norm and k_norm [dim];
//             frequencies [dim / 2]; keys and values [slots, kv_heads, max_positions, dim];
//             row_slot and row_position [rows], both on the device; a row with a negative slot is left alone
//   launch    8 warps, a warp per head; grid (ceil((heads + 2 * kv_heads) / 8), rows); dim even, at most 256
//   versions  v0 one thread per head (kept: readable truth)
//             v1 a warp per head, shuffle reduction (shipped)
//   check     QkNormRopeAppendTest
#include "common.cuh"

KERNEL qk_norm_rope_append_v0(float* qkv, const float* q_norm, const float* k_norm, float eps,
                              const float* frequencies, float* keys, float* values, const int* row_slot,
                              const int* row_position, int heads, int kv_heads, int dim, int max_positions) {
    after_previous();
    const int row = blockIdx.y, head = blockIdx.x * blockDim.x + threadIdx.x;
    const int slot = row_slot[row], position = row_position[row];
    if (slot < 0 || head >= heads + 2 * kv_heads) return;
    float* x = qkv + ((size_t)row * (heads + 2 * kv_heads) + head) * dim;
    const bool is_query = head < heads, is_value = head >= heads + kv_heads;
    const int kv_head = is_query ? 0 : (head - heads) % kv_heads;
    const size_t cached = (((size_t)slot * kv_heads + kv_head) * max_positions + position) * dim;
    if (is_value) {
        for (int i = 0; i < dim; i++) values[cached + i] = x[i];
        return;
    }
    const float* norm = is_query ? q_norm : k_norm;
    float squares = 0.0f;
    for (int i = 0; i < dim; i++) squares += x[i] * x[i];
    const float scale = 1.0f / sqrtf(squares / dim + eps);
    for (int j = 0; j < dim / 2; j++) {
        const float angle = position * frequencies[j];
        const float c = cosf(angle), s = sinf(angle);
        const float a = x[j] * scale * norm[j], b = x[j + dim / 2] * scale * norm[j + dim / 2];
        float* y = is_query ? x : keys + cached;
        y[j] = a * c - b * s;
        y[j + dim / 2] = b * c + a * s;
    }
}
EXPORTED(qk_norm_rope_append_v0);

KERNEL __launch_bounds__(256)
    qk_norm_rope_append(float* qkv, const float* q_norm, const float* k_norm, float eps, const float* frequencies,
                        float* keys, float* values, const int* row_slot, const int* row_position, int heads,
                        int kv_heads, int dim, int max_positions) {
    after_previous();
    const int row = blockIdx.y, lane = threadIdx.x % WARP;
    const int head = blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP;
    const int slot = row_slot[row], position = row_position[row];
    if (slot < 0 || head >= heads + 2 * kv_heads) return;  // whole warps
    float* x = qkv + ((size_t)row * (heads + 2 * kv_heads) + head) * dim;
    const bool is_query = head < heads, is_value = head >= heads + kv_heads;
    const int kv_head = is_query ? 0 : (head - heads) % kv_heads;
    const size_t cached = (((size_t)slot * kv_heads + kv_head) * max_positions + position) * dim;
    if (is_value) {
        for (int i = lane; i < dim; i += WARP) values[cached + i] = x[i];
        return;
    }
    const float* norm = is_query ? q_norm : k_norm;
    float squares = 0.0f;
    for (int i = lane; i < dim; i += WARP) squares = fmaf(x[i], x[i], squares);
    const float scale = 1.0f / sqrtf(warp_sum(squares) / dim + eps);
    float* y = is_query ? x : keys + cached;
    for (int j = lane; j < dim / 2; j += WARP) {  // a lane reads and writes the same pair
        const float angle = position * frequencies[j];
        const float c = cosf(angle), s = sinf(angle);
        const float a = x[j] * scale * norm[j], b = x[j + dim / 2] * scale * norm[j + dim / 2];
        y[j] = a * c - b * s;
        y[j + dim / 2] = b * c + a * s;
    }
}
EXPORTED(qk_norm_rope_append);
