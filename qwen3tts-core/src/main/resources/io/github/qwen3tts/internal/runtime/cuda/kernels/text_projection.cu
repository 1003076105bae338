// text_projection.cu - text ids to talker width: T(id) = fc2 . silu(fc1 . E[id] + b1) + b2
//   math      this file gathers E[id] as fp32; the two layers are those of prompts, without a norm
//   shapes    table [ids, width] fp32 or bf16, ids [rows] on the device, out [rows, width]
//   launch    256 threads, a block per row
//   versions  v0 (shipped)
//   check     TextProjectionTest
#include "common.cuh"

#define TEXT_PROJECTION(type, T)                                                                                       \
    KERNEL __launch_bounds__(256) text_rows_##type(const T* table, const int* ids, float* out, int width) {            \
        after_previous();                                                                                              \
        const int row = blockIdx.x;                                                                                    \
        const T* from = table + (size_t)ids[row] * width;                                                              \
        for (int i = threadIdx.x; i < width; i += blockDim.x) out[(size_t)row * width + i] = to_float(from[i]);        \
    }                                                                                                                  \
    EXPORTED(text_rows_##type);

TEXT_PROJECTION(fp32, float)
TEXT_PROJECTION(bf16, unsigned short)
