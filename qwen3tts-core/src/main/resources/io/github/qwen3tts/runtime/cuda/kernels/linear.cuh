// linear.cuh - y = W . x for a few rows at once, the part that rms_norm_linear, linear_residual and causal_conv share
//
//   shapes    x [rows, inputs] in any form a loader can read, W [outputs, inputs], all sums fp32
//   launch    block of 256 threads; grid.x = blocks of 8 * OUTPUTS outputs, grid.y = blocks of ROWS rows;
//             dynamic shared memory: linear_shared_bytes
//   how       The rows' inputs are staged in shared memory chunk by chunk; each warp owns OUTPUTS outputs, its lanes
//             stride over the inputs in 16-byte loads, then the lanes are added up. Which lane adds what, and in which
//             order, depends on the weights' type alone: a row's result is the same in every batch.
//   bank conflicts   Lane l needs inputs l*VALUES .. l*VALUES+VALUES-1. Chunks are stored quad-major (all first quads,
//             then all second quads, ...), so that the 32 lanes read 32 neighbouring float4.
#ifndef QWEN3TTS_LINEAR_CUH
#define QWEN3TTS_LINEAR_CUH

#include "common.cuh"

const int LINEAR_THREADS = 256;
const int LINEAR_WARPS = LINEAR_THREADS / WARP;
const int LINEAR_STAGED = 16384;  // floats of all rows together, 64 KiB

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

// load(row, input) gives one staged value for row < rows and input < inputs; store(row, output, sum) takes the results.
// staged is 16-byte aligned shared memory of ROWS * chunk * VALUES floats.
template <class W, int ROWS, int OUTPUTS, class Load, class Store>
__device__ __forceinline__ void linear(const unsigned char* weights, const float* scales, int rows, int inputs,
                                       int outputs, int loads, int per_block, float* staged, Load load,
                                       Store store) {
    const int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP;
    const int first_row = blockIdx.y * ROWS;
    const int first_output = (blockIdx.x * LINEAR_WARPS + warp) * OUTPUTS;
    const int chunk = chunk_loads<W, ROWS>(loads);
    const int chunk_inputs = chunk * W::VALUES;

    float sums[OUTPUTS][ROWS];
#pragma unroll
    for (int o = 0; o < OUTPUTS; o++) {
#pragma unroll
        for (int r = 0; r < ROWS; r++) sums[o][r] = 0.0f;
    }

    for (int start = 0; start < loads; start += chunk) {
        __syncthreads();  // the chunk before is used up
        for (int r = 0; r < ROWS; r++) {
            for (int i = threadIdx.x; i < chunk_inputs; i += LINEAR_THREADS) {
                const int input = start * W::VALUES + i;
                const bool inside = first_row + r < rows && input < inputs;
                staged[r * chunk_inputs + staged_at<W>(i, chunk)] = inside ? load(first_row + r, input) : 0.0f;
            }
        }
        __syncthreads();
        const int here = min(chunk, loads - start);
#pragma unroll ROWS <= 2 ? 4 : ROWS == 4 ? 2 : 1  // loads in flight against registers
        for (int v = lane; v < here; v += WARP) {
            uint4 bytes[OUTPUTS];
            float scale[OUTPUTS];
#pragma unroll
            for (int o = 0; o < OUTPUTS; o++) {
                const int output = min(first_output + o, outputs - 1);
                bytes[o] = ((const uint4*)weights)[(size_t)output * loads + start + v];
                scale[o] = W::scale(scales, output, start + v, loads, per_block);
            }
#pragma unroll
            for (int q = 0; q < W::VALUES / 4; q++) {
                float4 w[OUTPUTS];
#pragma unroll
                for (int o = 0; o < OUTPUTS; o++) w[o] = W::quad(bytes[o], q, scale[o]);
#pragma unroll
                for (int r = 0; r < ROWS; r++) {
                    const float4 x = ((const float4*)(staged + r * chunk_inputs))[q * chunk + v];
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
    }

    float all[OUTPUTS * ROWS];
#pragma unroll
    for (int i = 0; i < OUTPUTS * ROWS; i++) all[i] = sums[i / ROWS][i % ROWS];
    warp_sums(all);
    const int lanes_each = WARP / (OUTPUTS * ROWS), mine = lane / lanes_each;
    const int row = first_row + mine % ROWS, output = first_output + mine / ROWS;
    if (lane % lanes_each == 0 && output < outputs && row < rows) store(row, output, all[0]);
}

#endif
