// linear.cuh - y = W . x for a few rows at once, the part that rms_norm_linear, linear_residual and causal_conv share
//
//   shapes    x [rows, inputs] in any form a loader can read, W [outputs, inputs], all sums fp32
//   launch    block of 256 threads; grid.x = blocks of 8 * OUTPUTS outputs, grid.y = blocks of ROWS rows;
//             dynamic shared memory: sharedBytes in LinearShape.java
//   how       The rows' inputs are staged in shared memory chunk by chunk; each warp owns OUTPUTS outputs, its lanes
//             stride over the inputs in 16-byte loads, then the lanes are added up. Which lane adds what, and in which
//             order, depends on the weights' type alone: a row's result is the same in every batch. With half the
//             OUTPUTS ("narrow") there are twice as many blocks, for matrices that would not keep a card busy.
//   latency   A layer of one row has a few microseconds, and a load from memory takes the better part of one: loads are
//             made in groups, all of a group before the first is used.
//   bank conflicts   Lane l needs inputs l*VALUES .. l*VALUES+VALUES-1. Chunks are stored quad-major (all first quads,
//             then all second quads, ...), so that the 32 lanes read 32 neighbouring float4.
#ifndef QWEN3TTS_LINEAR_CUH
#define QWEN3TTS_LINEAR_CUH

#include "common.cuh"

const int LINEAR_THREADS = 256;
const int LINEAR_WARPS = LINEAR_THREADS / WARP;
const int LINEAR_STAGED = 16384;    // floats of all rows together, 64 KiB
const int LINEAR_PREFETCHED = 1024;  // bytes of each weight row, while the inputs are still being made

// Inputs staged at a time; loads = 16-byte loads per weight row.
template <class W, int ROWS>
__device__ __forceinline__ int chunk_loads(int loads) {
    const int fit = LINEAR_STAGED / ROWS / W::VALUES;
    return loads < fit ? loads : fit;
}

// Where input i of a chunk lies among the floats of its row.
template <class W>
__device__ __forceinline__ int staged_at(int i, int chunk) {
    return (i % W::VALUES / 4 * chunk + i / W::VALUES) * 4 + i % 4;
}

// The start of a kernel: the warp's first weights are prefetched while the inputs are still being made.
template <int OUTPUTS>
__device__ __forceinline__ void prefetch_weights_and_wait(const unsigned char* weights, int outputs, int loads,
                                                         int half = 0) {
    let_next_start();
    const int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP;
    const int output = (blockIdx.x * LINEAR_WARPS + warp) * OUTPUTS + lane;
    if (lane < OUTPUTS && output < outputs) {
        prefetch(weights + (size_t)weight_row(output, half) * loads * 16, min(loads * 16, LINEAR_PREFETCHED));
    }
    wait_for_previous();
}

// Stages chunk_inputs inputs of ROWS rows, beginning with first_input; zero where there is no such row or input. Each
// value is fetched, in any row and at any input there is, and then made of what was fetched.
template <class W, int ROWS, class Input>
__device__ __forceinline__ void stage(const Input& input, int first_row, int rows, int first_input, int inputs,
                                      int chunk, float* staged) {
    const int AT_ONCE = ROWS < 8 ? ROWS : 8, STEPS = 8 / AT_ONCE;  // eight values of a thread are on their way together
    const int chunk_inputs = chunk * W::VALUES;
    for (int begin = threadIdx.x; begin < chunk_inputs; begin += STEPS * LINEAR_THREADS) {
#pragma unroll
        for (int group = 0; group < ROWS; group += AT_ONCE) {
            decltype(input.fetch(0, 0)) fetched[STEPS][AT_ONCE];
#pragma unroll
            for (int s = 0; s < STEPS; s++) {
                const int at = min(first_input + begin + s * LINEAR_THREADS, inputs - 1);
#pragma unroll
                for (int r = 0; r < AT_ONCE; r++) {
                    fetched[s][r] = input.fetch(min(first_row + group + r, rows - 1), at);
                }
            }
#pragma unroll
            for (int s = 0; s < STEPS; s++) {  // no way out in between, or loads would wait for it
                const int i = begin + s * LINEAR_THREADS;
#pragma unroll
                for (int r = 0; r < AT_ONCE; r++) {
                    const int row = first_row + group + r;
                    const bool inside = row < rows && first_input + i < inputs;
                    const float value = inside ? input.make(fetched[s][r], row) : 0.0f;
                    if (i < chunk_inputs) staged[staged_at<W>(i, chunk) + (group + r) * chunk_inputs] = value;
                }
            }
        }
    }
}

// What a warp multiplies with the staged inputs, and what comes of it.
template <class W, int ROWS, int OUTPUTS>
struct WarpProducts {
    const uint4* rows[OUTPUTS];      // of weights, where the chunk begins
    const float* scales[OUTPUTS];    // of the rows
    int start, here, chunk;          // loads: before the chunk, in it, and between the quads of a staged row
    int block_shift;
    const float4* staged;
    float sums[OUTPUTS][ROWS];

    // Loads v, v + WARP, ... of each row, DEPTH at a time and then fewer, until the chunk is over.
    template <int DEPTH>
    __device__ __forceinline__ void add(int v) {
#pragma unroll 1
        for (; v + (DEPTH - 1) * WARP < here; v += DEPTH * WARP) {
            uint4 bytes[DEPTH][OUTPUTS];
            float scale[DEPTH][OUTPUTS];
#pragma unroll
            for (int d = 0; d < DEPTH; d++) {
#pragma unroll
                for (int o = 0; o < OUTPUTS; o++) {
                    bytes[d][o] = rows[o][v + d * WARP];
                    scale[d][o] = W::scale(scales[o], start + v + d * WARP, block_shift);
                }
            }
#pragma unroll
            for (int d = 0; d < DEPTH; d++) multiply(bytes[d], scale[d], v + d * WARP);
        }
        if constexpr (DEPTH > 1) add<DEPTH / 2>(v);
    }

    __device__ __forceinline__ void multiply(const uint4 (&bytes)[OUTPUTS], const float (&scale)[OUTPUTS], int v) {
#pragma unroll
        for (int q = 0; q < W::VALUES / 4; q++) {
            float4 w[OUTPUTS];
#pragma unroll
            for (int o = 0; o < OUTPUTS; o++) w[o] = W::quad(bytes[o], q, scale[o]);
#pragma unroll
            for (int r = 0; r < ROWS; r++) {
                const float4 x = staged[(r * (W::VALUES / 4) + q) * chunk + v];
#pragma unroll
                for (int o = 0; o < OUTPUTS; o++) {
                    float sum = sums[o][r];
                    sum = fmaf(w[o].x, x.x, sum);
                    sum = fmaf(w[o].y, x.y, sum);
                    sum = fmaf(w[o].z, x.z, sum);
                    sums[o][r] = fmaf(w[o].w, x.w, sum);
                }
            }
        }
    }
};

// Input: see stage. store(row, output, sum, next) takes the results; next is the sum of the output behind, which only the
// first of a pair has. staged is 16-byte aligned shared memory of ROWS * chunk * VALUES floats. 1 << block_shift loads
// share a scale.
template <class W, int ROWS, int OUTPUTS, class Input, class Store>
__device__ __forceinline__ void linear(const unsigned char* weights, const float* scales, int rows, int inputs,
                                       int outputs, int loads, int block_shift, int half, float* staged,
                                       const Input& input, Store store) {
    const int DEPTH = (ROWS <= 4 ? 8 : 4) / OUTPUTS;  // with more rows there is more to do meanwhile
    const int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP;
    const int first_row = blockIdx.y * ROWS;
    const int first_output = (blockIdx.x * LINEAR_WARPS + warp) * OUTPUTS;
    const int chunk = chunk_loads<W, ROWS>(loads);

    WarpProducts<W, ROWS, OUTPUTS> products;
    products.chunk = chunk;
    products.block_shift = block_shift;
    products.staged = (const float4*)staged;
#pragma unroll
    for (int o = 0; o < OUTPUTS; o++) {
        const int row = weight_row(min(first_output + o, outputs - 1), half);
        products.rows[o] = (const uint4*)weights + (size_t)row * loads;
        products.scales[o] = W::row_scales(scales, row, loads, block_shift);
#pragma unroll
        for (int r = 0; r < ROWS; r++) products.sums[o][r] = 0.0f;
    }

    for (int start = 0; start < loads; start += chunk) {
        __syncthreads();  // the chunk before is used up
        stage<W, ROWS>(input, first_row, rows, start * W::VALUES, inputs, chunk, staged);
        __syncthreads();
        products.start = start;
        products.here = min(chunk, loads - start);
        products.template add<DEPTH>(lane);
#pragma unroll
        for (int o = 0; o < OUTPUTS; o++) products.rows[o] += chunk;
    }

    // As many sums at a time as a warp has lanes; which lane stores a sum does not matter.
    const int AT_ONCE = OUTPUTS * ROWS < WARP ? OUTPUTS * ROWS : WARP, LANES_EACH = WARP / AT_ONCE;
#pragma unroll
    for (int group = 0; group < OUTPUTS * ROWS; group += AT_ONCE) {
        float all[AT_ONCE];
#pragma unroll
        for (int i = 0; i < AT_ONCE; i++) all[i] = products.sums[(group + i) / ROWS][(group + i) % ROWS];
        warp_sums(all);
        const float next = half > 0 ? __shfl_down_sync(FULL_WARP, all[0], ROWS * LANES_EACH) : 0.0f;
        const int mine = group + lane / LANES_EACH;
        const int row = first_row + mine % ROWS, output = first_output + mine / ROWS;
        if (lane % LANES_EACH == 0 && output < outputs && row < rows) store(row, output, all[0], next);
    }
}

// Every kernel that LinearShape.java may ask for: DEFINE(name, W, ROWS, OUTPUTS) for each number of rows at once, with all
// the outputs a warp makes of so many rows, or half of them ("narrow"), for every type of weights.
#define LINEAR_KERNELS_OF(DEFINE, kernel, type, W)                                                                     \
    DEFINE(kernel##_##type##_r1, W, 1, 2)                                                                              \
    DEFINE(kernel##_##type##_r1_narrow, W, 1, 1)                                                                       \
    DEFINE(kernel##_##type##_r2, W, 2, 2)                                                                              \
    DEFINE(kernel##_##type##_r2_narrow, W, 2, 1)                                                                       \
    DEFINE(kernel##_##type##_r4, W, 4, 4)                                                                              \
    DEFINE(kernel##_##type##_r4_narrow, W, 4, 2)                                                                       \
    DEFINE(kernel##_##type##_r8, W, 8, 4)                                                                              \
    DEFINE(kernel##_##type##_r8_narrow, W, 8, 2)                                                                       \
    DEFINE(kernel##_##type##_r16, W, 16, 4)                                                                            \
    DEFINE(kernel##_##type##_r16_narrow, W, 16, 2)

#define LINEAR_KERNELS(DEFINE, kernel)                                                                                 \
    LINEAR_KERNELS_OF(DEFINE, kernel, fp32, Fp32)                                                                      \
    LINEAR_KERNELS_OF(DEFINE, kernel, bf16, Bf16)                                                                      \
    LINEAR_KERNELS_OF(DEFINE, kernel, int8, Int8)                                                                      \
    LINEAR_KERNELS_OF(DEFINE, kernel, int4, Int4)

#endif
