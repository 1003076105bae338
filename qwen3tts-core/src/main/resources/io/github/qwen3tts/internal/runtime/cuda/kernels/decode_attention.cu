// decode_attention.cu - one query row against the keys and values of its slot, grouped queries
//   math      out = softmax(q . K^T / sqrt(dim)) . V over positions 0 .. row_position; query head a reads key head
//             a / group. Prefill rows are rows like any other: causal, because each sees its own position at most.
//   shapes    qkv [rows, (heads + 2 * kv_heads) * dim], of which q is read; keys and values
//             [slots, kv_heads, max_positions, dim]; out [rows, heads * dim];
//             partial [rows, kv_heads, GROUP, chunks of max_positions, dim + 2]; tickets [rows, kv_heads], zero at first
//             and after every launch; a row with a negative slot is left alone
//   launch    8 warps; grid (kv_heads, rows, splits); shared memory 8 * GROUP * (dim + 2) floats, and for v2
//             (GROUP + 2) * dim more; dim at most 32 * DIMS, group == GROUP
//   how       Positions are worked on in chunks of 128, each always summed up in the same way; with more than one chunk
//             the results of all chunks are merged in order by the block that finishes last. So the result depends
//             neither on the number of splits nor on the batch.
//   versions  v0 one thread per head, three passes (kept: readable truth)
//             v1 a warp takes four positions at a time, online softmax, chunks over blocks (shipped for any rows)
//             v2 as v1, with qk_norm_rope_append inside, to the same bits: one launch less where every row is the only
//                one of its slot, so that nobody waits for another row's keys (shipped for frames)
//   check     DecodeAttentionTest
#include "common.cuh"

const int ATTENTION_WARPS = 8;
const int ATTENTION_CHUNK = 128;
const int AT_ONCE = 4;

KERNEL decode_attention_v0(const float* qkv, const float* keys, const float* values, float* out, const int* row_slot,
                           const int* row_position, int heads, int kv_heads, int dim, int max_positions, float scale) {
    after_previous();
    const int row = blockIdx.y, head = blockIdx.x * blockDim.x + threadIdx.x;
    const int slot = row_slot[row], length = row_position[row] + 1;
    if (slot < 0 || head >= heads) return;
    const float* q = qkv + ((size_t)row * (heads + 2 * kv_heads) + head) * dim;
    const size_t cached = ((size_t)slot * kv_heads + head / (heads / kv_heads)) * max_positions * dim;
    const float *k = keys + cached, *v = values + cached;
    float largest = LOWEST;
    for (int p = 0; p < length; p++) {
        float dot = 0.0f;
        for (int i = 0; i < dim; i++) dot += q[i] * k[(size_t)p * dim + i];
        largest = fmaxf(largest, dot * scale);
    }
    float* o = out + ((size_t)row * heads + head) * dim;
    for (int i = 0; i < dim; i++) o[i] = 0.0f;
    float total = 0.0f;
    for (int p = 0; p < length; p++) {
        float dot = 0.0f;
        for (int i = 0; i < dim; i++) dot += q[i] * k[(size_t)p * dim + i];
        const float weight = expf(dot * scale - largest);
        total += weight;
        for (int i = 0; i < dim; i++) o[i] += weight * v[(size_t)p * dim + i];
    }
    for (int i = 0; i < dim; i++) o[i] /= total;
}
EXPORTED(decode_attention_v0);

// What v2 needs to make queries and keys itself.
struct Rotation {
    const float *q_norm, *k_norm;
    float eps;
    const float* frequencies;
};

// The heads of one key head's group, q and k, normed, and then rotated into query; k and v go to the cache if this block
// is the one that reads them there. normed is shared memory of (GROUP + 2) * dim floats, the last for the rotations.
template <int GROUP, int DIMS>
__device__ __forceinline__ void rotate_and_append(const Rotation& rotation, const float* row, float* key, float* value,
                                                  float* normed, float (&query)[GROUP][DIMS], int kv_head, int heads,
                                                  int kv_heads, int dim, int position, bool appends, float scale) {
    const int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, half = dim / 2;
    for (int h = warp; h <= GROUP; h += ATTENTION_WARPS) {
        const float* x = row + (size_t)(h < GROUP ? kv_head * GROUP + h : heads + kv_head) * dim;
        const float* norm = h < GROUP ? rotation.q_norm : rotation.k_norm;
        float mine[DIMS], weight[DIMS], squares = 0.0f;
#pragma unroll
        for (int j = 0; j < DIMS; j++) {
            const int i = j * WARP + lane;
            mine[j] = i < dim ? x[i] : 0.0f;
            weight[j] = i < dim ? norm[i] : 0.0f;
        }
#pragma unroll
        for (int j = 0; j < DIMS; j++) squares = fmaf(mine[j], mine[j], squares);
        const float factor = 1.0f / sqrtf(warp_sum(squares) / dim + rotation.eps);
#pragma unroll
        for (int j = 0; j < DIMS; j++) {
            const int i = j * WARP + lane;
            if (i < dim) normed[h * dim + i] = mine[j] * factor * weight[j];
        }
    }
    float *cosines = normed + (GROUP + 1) * dim, *sines = cosines + half;
    for (int i = blockDim.x - 1 - threadIdx.x; i < half; i += blockDim.x) {  // warps that have no head
        const float angle = position * rotation.frequencies[i];
        cosines[i] = cosf(angle);
        sines[i] = sinf(angle);
    }
    __syncthreads();
#pragma unroll
    for (int j = 0; j < DIMS; j++) {
        const int i = j * WARP + lane;
        if (i >= dim) continue;
        const int pair = i < half ? i : i - half;
        const float c = cosines[pair], s = sines[pair];
#pragma unroll
        for (int h = 0; h <= GROUP; h++) {
            const float a = normed[h * dim + pair], b = normed[h * dim + pair + half];
            const float y = i < half ? a * c - b * s : b * c + a * s;
            if (h < GROUP) query[h < GROUP ? h : 0][j] = y * scale;
            if (h == GROUP && appends && warp == 0) key[i] = y;
        }
        if (appends && warp == 0) value[i] = row[(size_t)(heads + kv_heads + kv_head) * dim + i];
    }
    __syncthreads();
}

template <int GROUP, int DIMS>
__device__ __forceinline__ void decode_attention(const Rotation* rotation, const float* qkv, float* keys, float* values,
                                                 float* out, float* partial, int* tickets, const int* row_slot,
                                                 const int* row_position, int heads, int kv_heads, int dim,
                                                 int max_positions, float scale) {
    after_previous();
    SHARED_MEMORY(shared);
    const int row = blockIdx.y, kv_head = blockIdx.x;
    const int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP;
    const int slot = row_slot[row], length = row_position[row] + 1;
    if (slot < 0) return;  // whole blocks
    const int chunks = (length + ATTENTION_CHUNK - 1) / ATTENTION_CHUNK;
    const int max_chunks = (max_positions + ATTENTION_CHUNK - 1) / ATTENTION_CHUNK;
    if ((int)blockIdx.z >= chunks) return;

    const float* all_heads = qkv + (size_t)row * (heads + 2 * kv_heads) * dim;
    const float* q = all_heads + (size_t)kv_head * GROUP * dim;
    const size_t cached = ((size_t)slot * kv_heads + kv_head) * max_positions * dim;
    float* o = out + ((size_t)row * heads + kv_head * GROUP) * dim;
    const int width = dim + 2;  // weighted values, then the largest score, then the sum of weights
    float* mine = (float*)shared + warp * GROUP * width;
    float* chunk_results = partial + ((size_t)row * kv_heads + kv_head) * GROUP * max_chunks * width;

    float query[GROUP][DIMS];
#pragma unroll
    for (int g = 0; g < GROUP; g++) {
#pragma unroll
        for (int j = 0; j < DIMS; j++) {
            const int i = j * WARP + lane;
            query[g][j] = i < dim && !rotation ? q[g * dim + i] * scale : 0.0f;
        }
    }
    if (rotation) {
        const size_t here = cached + (size_t)(length - 1) * dim;
        const bool appends = (chunks - 1) % (int)gridDim.z == (int)blockIdx.z;  // reads the last position's chunk
        rotate_and_append<GROUP, DIMS>(*rotation, all_heads, keys + here, values + here,
                                       (float*)shared + ATTENTION_WARPS * GROUP * width, query, kv_head, heads, kv_heads,
                                       dim, length - 1, appends, scale);
    }

    for (int chunk = blockIdx.z; chunk < chunks; chunk += gridDim.z) {
        float largest[GROUP], total[GROUP], sums[GROUP][DIMS];
#pragma unroll
        for (int g = 0; g < GROUP; g++) {
            largest[g] = LOWEST;
            total[g] = 0.0f;
#pragma unroll
            for (int j = 0; j < DIMS; j++) sums[g][j] = 0.0f;
        }
        const int end = min(length, (chunk + 1) * ATTENTION_CHUNK);
        for (int first = chunk * ATTENTION_CHUNK + warp * AT_ONCE; first < end; first += ATTENTION_WARPS * AT_ONCE) {
            float key[AT_ONCE][DIMS], value[AT_ONCE][DIMS];
#pragma unroll
            for (int u = 0; u < AT_ONCE; u++) {
#pragma unroll
                for (int j = 0; j < DIMS; j++) {
                    const int i = j * WARP + lane;
                    const bool inside = first + u < end && i < dim;
                    const size_t at = cached + (size_t)(first + u) * dim + i;
                    key[u][j] = inside ? keys[at] : 0.0f;
                    value[u][j] = inside ? values[at] : 0.0f;
                }
            }
            float dots[GROUP * AT_ONCE];
#pragma unroll
            for (int i = 0; i < GROUP * AT_ONCE; i++) {
                dots[i] = 0.0f;
#pragma unroll
                for (int j = 0; j < DIMS; j++) dots[i] = fmaf(query[i / AT_ONCE][j], key[i % AT_ONCE][j], dots[i]);
            }
            warp_sums(dots);
#pragma unroll
            for (int g = 0; g < GROUP; g++) {
                float score[AT_ONCE];
                float top = largest[g];
#pragma unroll
                for (int u = 0; u < AT_ONCE; u++) {
                    score[u] = __shfl_sync(FULL_WARP, dots[0], (g * AT_ONCE + u) * (WARP / (GROUP * AT_ONCE)));
                    if (first + u < end) top = fmaxf(top, score[u]);
                }
                const float shrink = expf(largest[g] - top);
                largest[g] = top;
                total[g] *= shrink;
#pragma unroll
                for (int j = 0; j < DIMS; j++) sums[g][j] *= shrink;
#pragma unroll
                for (int u = 0; u < AT_ONCE; u++) {
                    const float weight = first + u < end ? expf(score[u] - top) : 0.0f;
                    total[g] += weight;
#pragma unroll
                    for (int j = 0; j < DIMS; j++) sums[g][j] = fmaf(weight, value[u][j], sums[g][j]);
                }
            }
        }

        __syncthreads();  // the chunk before has been read
#pragma unroll
        for (int g = 0; g < GROUP; g++) {
#pragma unroll
            for (int j = 0; j < DIMS; j++) {
                const int i = j * WARP + lane;
                if (i < dim) mine[g * width + i] = sums[g][j];
            }
            if (lane == 0) {
                mine[g * width + dim] = largest[g];
                mine[g * width + dim + 1] = total[g];
            }
        }
        __syncthreads();
        for (int at = threadIdx.x; at < GROUP * dim; at += blockDim.x) {
            const int g = at / dim, i = at % dim;
            const float* warps = (const float*)shared + g * width;
            float top = LOWEST;
            for (int w = 0; w < ATTENTION_WARPS; w++) top = fmaxf(top, warps[w * GROUP * width + dim]);
            float sum = 0.0f, weights = 0.0f;
            for (int w = 0; w < ATTENTION_WARPS; w++) {
                const float* from = warps + w * GROUP * width;
                const float shrink = expf(from[dim] - top);
                sum = fmaf(from[i], shrink, sum);
                weights = fmaf(from[dim + 1], shrink, weights);
            }
            if (chunks == 1) {
                o[g * dim + i] = sum / weights;
            } else {
                float* result = chunk_results + (size_t)(g * max_chunks + chunk) * width;
                result[i] = sum;
                if (i == 0) {
                    result[dim] = top;
                    result[dim + 1] = weights;
                }
            }
        }
    }
    if (chunks == 1) return;

    __threadfence();
    __syncthreads();
    int* ticket = tickets + row * kv_heads + kv_head;
    int* last = (int*)shared;
    if (threadIdx.x == 0) *last = atomicAdd(ticket, 1) == min((int)gridDim.z, chunks) - 1;
    __syncthreads();
    if (!*last) return;
    __threadfence();
    for (int at = threadIdx.x; at < GROUP * dim; at += blockDim.x) {
        const int g = at / dim, i = at % dim;
        const volatile float* results = chunk_results + (size_t)g * max_chunks * width;
        float top = LOWEST;
        for (int c = 0; c < chunks; c++) top = fmaxf(top, results[(size_t)c * width + dim]);
        float sum = 0.0f, weights = 0.0f;
        for (int c = 0; c < chunks; c++) {
            const float shrink = expf(results[(size_t)c * width + dim] - top);
            sum = fmaf(results[(size_t)c * width + i], shrink, sum);
            weights = fmaf(results[(size_t)c * width + dim + 1], shrink, weights);
        }
        o[g * dim + i] = sum / weights;
    }
    if (threadIdx.x == 0) *ticket = 0;
}

#define DECODE_ATTENTION(GROUP, DIMS)                                                                                  \
    KERNEL __launch_bounds__(256) decode_attention_g##GROUP##_d##DIMS(                                                 \
        const float* qkv, float* keys, float* values, float* out, float* partial, int* tickets, const int* row_slot,   \
        const int* row_position, int heads, int kv_heads, int dim, int max_positions, float scale) {                   \
        decode_attention<GROUP, DIMS>(nullptr, qkv, keys, values, out, partial, tickets, row_slot, row_position,       \
                                      heads, kv_heads, dim, max_positions, scale);                                     \
    }                                                                                                                  \
    EXPORTED(decode_attention_g##GROUP##_d##DIMS);                                                                     \
    KERNEL __launch_bounds__(256) decode_attention_step_g##GROUP##_d##DIMS(                                            \
        const float* qkv, float* keys, float* values, float* out, float* partial, int* tickets, const int* row_slot,   \
        const int* row_position, int heads, int kv_heads, int dim, int max_positions, float scale,                     \
        const float* q_norm, const float* k_norm, float eps, const float* frequencies) {                               \
        const Rotation rotation = {q_norm, k_norm, eps, frequencies};                                                  \
        decode_attention<GROUP, DIMS>(&rotation, qkv, keys, values, out, partial, tickets, row_slot, row_position,     \
                                      heads, kv_heads, dim, max_positions, scale);                                     \
    }                                                                                                                  \
    EXPORTED(decode_attention_step_g##GROUP##_d##DIMS);

DECODE_ATTENTION(1, 1)
DECODE_ATTENTION(1, 2)
DECODE_ATTENTION(1, 4)
DECODE_ATTENTION(2, 1)
DECODE_ATTENTION(2, 2)
DECODE_ATTENTION(2, 4)
DECODE_ATTENTION(4, 1)
DECODE_ATTENTION(4, 2)
DECODE_ATTENTION(4, 4)
