// rms_norm_linear.cu - a norm and the matrix behind it in one launch: q, k and v; gate and up; heads; plain layers
//   math      y = act(W . h + bias), h = x * rsqrt(mean(x^2) + eps) * norm; without norm h = x; without bias 0;
//             act 0 none, 1 silu, 2 gelu (exact); all in fp32, whatever W is
//   shapes    x [rows, inputs], norm [inputs] or null, W [outputs, loads * 16 bytes], bias [outputs] or null,
//             y [rows, outputs], normed [rows, inputs] or null receives h
//   launch    256 threads; grid (blocks of outputs, blocks of ROWS rows); shared memory: linear_shared_bytes in
//             LinearShape.java. Fused matrices are stacked by the loader: [q; k; v] and [gate; up] are one W.
//   versions  v0 one thread per result, fp32 weights only (kept: readable truth)
//             v1 x staged in shared memory, a warp per output, 16-byte loads of fp32, bf16, int8 or int4 (shipped)
//   check     RmsNormLinearTest
#include "linear.cuh"

KERNEL rms_norm_linear_v0(const float* x, const float* norm, float eps, const float* weights, int pitch,
                          const float* bias, float* y, int rows, int inputs, int outputs) {
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

template <class W, int ROWS, int OUTPUTS>
__device__ __forceinline__ void rms_norm_linear(const float* x, const float* norm, float eps,
                                                const unsigned char* weights, const float* scales, const float* bias,
                                                float* y, float* normed, int rows, int inputs, int outputs, int loads,
                                                int per_block, int activation) {
    SHARED_MEMORY(shared);
    float* staged = (float*)shared;
    float* scratch = staged + ROWS * chunk_loads<W, ROWS>(loads) * W::VALUES;  // [ROWS][LINEAR_WARPS]
    float* row_scale = scratch + ROWS * LINEAR_WARPS;                          // [ROWS]
    const int first_row = blockIdx.y * ROWS;

    if (norm) {
        const int warp = threadIdx.x / WARP;
        for (int r = 0; r < ROWS; r++) {
            float squares = 0.0f;
            if (first_row + r < rows) {
                const float* row = x + (size_t)(first_row + r) * inputs;
                for (int i = threadIdx.x; i < inputs; i += LINEAR_THREADS) squares = fmaf(row[i], row[i], squares);
            }
            squares = warp_sum(squares);
            if (threadIdx.x % WARP == 0) scratch[r * LINEAR_WARPS + warp] = squares;
        }
        __syncthreads();
        if (threadIdx.x < ROWS) {
            float squares = 0.0f;
            for (int w = 0; w < LINEAR_WARPS; w++) squares += scratch[threadIdx.x * LINEAR_WARPS + w];
            row_scale[threadIdx.x] = 1.0f / sqrtf(squares / inputs + eps);
        }
        __syncthreads();
        if (normed && blockIdx.x == 0) {
            for (int r = 0; r < ROWS && first_row + r < rows; r++) {
                const size_t row = (size_t)(first_row + r) * inputs;
                for (int i = threadIdx.x; i < inputs; i += LINEAR_THREADS) {
                    normed[row + i] = x[row + i] * row_scale[r] * norm[i];
                }
            }
        }
    }

    linear<W, ROWS, OUTPUTS>(
        weights, scales, rows, inputs, outputs, loads, per_block, staged,
        [&](int row, int i) {
            const float value = x[(size_t)row * inputs + i];
            return norm ? value * row_scale[row - first_row] * norm[i] : value;
        },
        [&](int row, int output, float sum) {
            if (bias) sum += bias[output];
            if (activation == 1) sum = silu(sum);
            if (activation == 2) sum = gelu(sum);
            y[(size_t)row * outputs + output] = sum;
        });
}

#define RMS_NORM_LINEAR(name, W, ROWS, OUTPUTS)                                                                        \
    KERNEL __launch_bounds__(256)                                                                                      \
        name(const float* x, const float* norm, float eps, const unsigned char* weights, const float* scales,          \
             const float* bias, float* y, float* normed, int rows, int inputs, int outputs, int loads,                 \
             int per_block, int activation) {                                                                          \
        rms_norm_linear<W, ROWS, OUTPUTS>(x, norm, eps, weights, scales, bias, y, normed, rows, inputs, outputs,       \
                                          loads, per_block, activation);                                               \
    }                                                                                                                  \
    EXPORTED(name);

#define RMS_NORM_LINEAR_ROWS(type, W)                                                                                  \
    RMS_NORM_LINEAR(rms_norm_linear_##type##_r1, W, 1, 2)                                                              \
    RMS_NORM_LINEAR(rms_norm_linear_##type##_r2, W, 2, 2)                                                              \
    RMS_NORM_LINEAR(rms_norm_linear_##type##_r4, W, 4, 4)                                                              \
    RMS_NORM_LINEAR(rms_norm_linear_##type##_r8, W, 8, 4)                                                              \
    RMS_NORM_LINEAR(rms_norm_linear_##type##_r16, W, 16, 2)

RMS_NORM_LINEAR_ROWS(fp32, Fp32)
RMS_NORM_LINEAR_ROWS(bf16, Bf16)
RMS_NORM_LINEAR_ROWS(int8, Int8)
RMS_NORM_LINEAR_ROWS(int4, Int4)
