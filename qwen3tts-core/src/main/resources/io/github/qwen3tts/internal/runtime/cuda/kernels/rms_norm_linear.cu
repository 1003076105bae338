// rms_norm_linear.cu - a norm and the matrix behind it in one launch: q, k and v; gate and up; heads; plain layers
//   math      y = act(W . h + bias), h = x * rsqrt(mean(x^2) + eps) * norm; without norm h = x; without bias 0;
//             act 0 none, 1 silu, 2 gelu (exact); act 3 gate: y = silu(W_gate . h) * (W_up . h) without bias, W being
//             [W_gate; W_up]; all in fp32, whatever W is
//   shapes    x [rows, inputs], norm [inputs] or null, W [outputs, loads * 16 bytes], bias [outputs] or null,
//             y [rows, outputs], [rows, outputs / 2] of a gate, normed [rows, inputs] or null receives h
//   launch    256 threads; grid (blocks of outputs, blocks of ROWS rows); shared memory: LinearShape.java. Fused matrices are stacked by the loader: [q; k; v] and [gate; up] are one W.
//   versions  v0 one thread per result, fp32 weights only (kept: readable truth)
//             v1 x staged in shared memory, a warp per output, 16-byte loads of fp32, bf16, int8 or int4 (shipped)
//   check     RmsNormLinearTest
#include "linear.cuh"

KERNEL rms_norm_linear_v0(const float* x, const float* norm, float eps, const float* weights, int pitch,
                          const float* bias, float* y, int rows, int inputs, int outputs) {
    after_previous();
    const int row = blockIdx.y, output = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= rows || output >= outputs) return;
    float scale = 1.0f;
    if (norm) {
        float squares = 0.0f;
        for (int i = 0; i < inputs; i++) squares += x[row * inputs + i] * x[row * inputs + i];
        scale = 1.0f / sqrtf(squares / inputs + eps);
    }
    float sum = bias ? bias[output] : 0.0f;
    for (int i = 0; i < inputs; i++) {
        const float h = norm ? x[row * inputs + i] * scale * norm[i] : x[row * inputs + i];
        sum += weights[output * pitch + i] * h;
    }
    y[row * outputs + output] = sum;
}
EXPORTED(rms_norm_linear_v0);

// x, or x in terms of its norm; norm may be null, row_scale belongs to it.
struct NormedInput {
    const float *x, *norm, *row_scale;
    int inputs;

    __device__ __forceinline__ float2 fetch(int row, int i) const {
        return make_float2(x[(size_t)row * inputs + i], norm ? norm[i] : 0.0f);
    }
    __device__ __forceinline__ float make(float2 fetched, int row) const {
        return norm ? fetched.x * row_scale[row] * fetched.y : fetched.x;
    }
};

// 1 / sqrt(mean(x^2) + eps) of each row, to row_scale [ROWS]; scratch [ROWS][LINEAR_WARPS]. A row's sum takes the same
// order whatever ROWS is.
template <int ROWS>
__device__ __forceinline__ void norm_factors(const float* x, float eps, int first_row, int rows, int inputs,
                                             float* scratch, float* row_scale) {
    const int STEPS = ROWS < 8 ? 8 / ROWS : 1;  // eight values of a thread and more are on their way together
    float squares[ROWS];
#pragma unroll
    for (int r = 0; r < ROWS; r++) squares[r] = 0.0f;
    for (int begin = threadIdx.x; begin < inputs; begin += STEPS * LINEAR_THREADS) {
        float values[STEPS][ROWS];
#pragma unroll
        for (int s = 0; s < STEPS; s++) {
            const int i = min(begin + s * LINEAR_THREADS, inputs - 1);
#pragma unroll
            for (int r = 0; r < ROWS; r++) values[s][r] = x[(size_t)min(first_row + r, rows - 1) * inputs + i];
        }
#pragma unroll
        for (int s = 0; s < STEPS; s++) {
            const bool inside = begin + s * LINEAR_THREADS < inputs;
#pragma unroll
            for (int r = 0; r < ROWS; r++) {
                const float value = inside ? values[s][r] : 0.0f;
                squares[r] = fmaf(value, value, squares[r]);
            }
        }
    }
    warp_sums(squares);
    const int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, lanes_each = WARP / ROWS;
    if (lane % lanes_each == 0) scratch[lane / lanes_each * LINEAR_WARPS + warp] = squares[0];
    __syncthreads();
    if (threadIdx.x < ROWS) {
        float sum = 0.0f;
        for (int w = 0; w < LINEAR_WARPS; w++) sum += scratch[threadIdx.x * LINEAR_WARPS + w];
        row_scale[threadIdx.x] = 1.0f / sqrtf(sum / inputs + eps);
    }
    __syncthreads();
}

template <class W, int ROWS, int OUTPUTS>
__device__ __forceinline__ void rms_norm_linear(const float* x, const float* norm, float eps,
                                                const unsigned char* weights, const float* scales, const float* bias,
                                                float* y, float* normed, int rows, int inputs, int outputs, int loads,
                                                int block_shift, int activation) {
    const int half = activation == 3 ? outputs / 2 : 0;
    prefetch_weights_and_wait<OUTPUTS>(weights, outputs, loads, half);
    SHARED_MEMORY(shared);
    float* staged = (float*)shared;
    float* scratch = staged + ROWS * chunk_loads<W, ROWS>(loads) * W::VALUES;  // [ROWS][LINEAR_WARPS]
    float* row_scale = scratch + ROWS * LINEAR_WARPS;                          // [ROWS]
    const int first_row = blockIdx.y * ROWS;

    if (norm) {
        norm_factors<ROWS>(x, eps, first_row, rows, inputs, scratch, row_scale);
        if (normed) {  // a part of it by each block
            for (int r = 0; r < ROWS && first_row + r < rows; r++) {
                const size_t row = (size_t)(first_row + r) * inputs;
                for (int i = blockIdx.x * LINEAR_THREADS + threadIdx.x; i < inputs; i += gridDim.x * LINEAR_THREADS) {
                    normed[row + i] = x[row + i] * row_scale[r] * norm[i];
                }
            }
        }
    }

    linear<W, ROWS, OUTPUTS>(weights, scales, rows, inputs, outputs, loads, block_shift, half, staged,
                             NormedInput{x, norm, row_scale - first_row, inputs},
                             [&](int row, int output, float sum, float next) {
                                 if (half > 0) {
                                     if (output % 2 == 0) y[(size_t)row * half + output / 2] = silu(sum) * next;
                                     return;
                                 }
                                 if (bias) sum += bias[output];
                                 y[(size_t)row * outputs + output] = activate(sum, activation);
                             });
}

#define RMS_NORM_LINEAR(name, W, ROWS, OUTPUTS)                                                                        \
    KERNEL __launch_bounds__(256, ROWS == 16 && W::VALUES > 8 ? 1 : 2) /* packed weights take more registers */        \
        name(const float* x, const float* norm, float eps, const unsigned char* weights, const float* scales,          \
             const float* bias, float* y, float* normed, int rows, int inputs, int outputs, int loads,                 \
             int block_shift, int activation) {                                                                        \
        rms_norm_linear<W, ROWS, OUTPUTS>(x, norm, eps, weights, scales, bias, y, normed, rows, inputs, outputs,       \
                                          loads, block_shift, activation);                                             \
    }                                                                                                                  \
    EXPORTED(name);

LINEAR_KERNELS(RMS_NORM_LINEAR, rms_norm_linear)
