// linear_residual.cu - a matrix whose result is added to the residual stream: o_proj and down_proj
//   math      x += scale * (W . y + bias); scale null is 1, bias null is 0; all in fp32, whatever W is
//   shapes    y [rows, inputs], W [outputs, loads * 16 bytes], scale and bias [outputs] or null, x [rows, outputs] in
//             place
//   launch    as rms_norm_linear
//   versions  v0 one thread per result, fp32 weights only (kept: readable truth)
//             v1 y staged in shared memory, a warp per output, 16-byte loads of fp32, bf16, int8 or int4 (shipped)
//   check     LinearResidualTest
#include "linear.cuh"

KERNEL linear_residual_v0(const float* y, const float* weights, int pitch, const float* scale, const float* bias,
                          float* x, int rows, int inputs, int outputs) {
    after_previous();
    const int row = blockIdx.y, output = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= rows || output >= outputs) return;
    float sum = bias ? bias[output] : 0.0f;
    for (int i = 0; i < inputs; i++) sum += weights[output * pitch + i] * y[row * inputs + i];
    x[row * outputs + output] += scale ? scale[output] * sum : sum;
}
EXPORTED(linear_residual_v0);

struct PlainInput {
    const float* y;
    int inputs;

    __device__ __forceinline__ float fetch(int row, int i) const { return y[(size_t)row * inputs + i]; }
    __device__ __forceinline__ float make(float fetched, int) const { return fetched; }
};

template <class W, int ROWS, int OUTPUTS>
__device__ __forceinline__ void linear_residual(const float* y, const unsigned char* weights, const float* scales,
                                                const float* scale, const float* bias, float* x, int rows, int inputs,
                                                int outputs, int loads, int block_shift) {
    prefetch_weights_and_wait<OUTPUTS>(weights, outputs, loads);
    SHARED_MEMORY(shared);
    linear<W, ROWS, OUTPUTS>(weights, scales, rows, inputs, outputs, loads, block_shift, 0, (float*)shared,
                             PlainInput{y, inputs}, [&](int row, int output, float sum, float) {
                                 if (bias) sum += bias[output];
                                 if (scale) sum *= scale[output];
                                 x[(size_t)row * outputs + output] += sum;
                             });
}

#define LINEAR_RESIDUAL(name, W, ROWS, OUTPUTS)                                                                        \
    KERNEL __launch_bounds__(256, ROWS == 16 && W::VALUES > 8 ? 1 : 2) /* packed weights take more registers */        \
        name(const float* y, const unsigned char* weights, const float* scales, const float* scale, const float* bias, \
             float* x, int rows, int inputs, int outputs, int loads, int block_shift) {                                \
        linear_residual<W, ROWS, OUTPUTS>(y, weights, scales, scale, bias, x, rows, inputs, outputs, loads,            \
                                          block_shift);                                                                \
    }                                                                                                                  \
    EXPORTED(name);

LINEAR_KERNELS(LINEAR_RESIDUAL, linear_residual)
