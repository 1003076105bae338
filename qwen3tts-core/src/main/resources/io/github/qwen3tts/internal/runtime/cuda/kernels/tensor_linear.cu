// tensor_linear.cu - layers over the rows of a prompt, multiplied by the tensor cores, up to 64 at once
//   math      y = act(W . h + bias) or y += W . h, h = x * rsqrt(mean(x^2) + eps) * norm or x; act as in rms_norm_linear.
//             h enters as the sum of two bf16, |h - (high + low)| <= 2^-17 |h|; bf16 weights are exact, so are integer
//             ones, whose blocks' sums are scaled in fp32. Sums are fp32 as tensor cores make them: several products at
//             once, cut off rather than rounded
//   shapes    x [rows, inputs], norm [inputs] or null, W [outputs, loads * 16 bytes] of bf16, int8 or int4 in blocks of
//             128 inputs, bias [outputs] or null, y [rows, outputs], [rows, outputs / 2] of a gate;
//             fragments [mmas][tiles of 16 rows][high, low][32 lanes] of 16 bytes
//   launch    tensor_rows_TYPE: 256 threads, a block per row, rows padded to 16, 32 or 64 with zeros; then
//             tensor_linear_TYPE_rROWS: 256 threads; grid (blocks of GROUPS * 32 outputs, blocks of ROWS of the padded
//             rows); shared memory: TensorLinear.java
//   how       mma.m16n8k16 takes 16 rows of h (A) times 16 inputs times 8 outputs (B), and is indifferent to which 16
//             inputs those are. So a lane makes B of the neighbouring inputs it has in a 16-byte load of weights, four per
//             mma and two to a register, and A is laid out to fit: a fragment has what a lane brings of 16 rows for one
//             mma, in a single load. The 8 warps of a block are GROUPS times SLICES: a group has 32 outputs of its own, a
//             slice every SLICES-th unit of the inputs; nothing is shared before the slices' sums are added up. Weights
//             are copied ahead to shared memory, since the compiler moves loads to registers to where they are used.
//   order     Which warp adds what, and in which order, depends on the matrix alone: a row's result is the same in
//             whatever company it is read.
//   versions  v1 (shipped); the readable truth is rms_norm_linear_v0
//   check     TensorLinearTest
#include "common.cuh"

const int TENSOR_THREADS = 256;
const int TENSOR_WARPS = TENSOR_THREADS / WARP;
const int TENSOR_OUTPUTS = 32;  // of a warp: four of B beside each other

// Two that are exact in bf16, the first in the lower half.
__device__ __forceinline__ unsigned bf16_pair(float first, float second) {
    return __byte_perm(__float_as_uint(first), __float_as_uint(second), 0x7632);
}

// How weights go into B. UNIT: loads a lane makes per output together, those of a block where there are blocks. pairs: a
// quad of weights, without the block's scale.
template <class W>
struct TensorWeights;
template <>
struct TensorWeights<Bf16> {
    static const int UNIT = 2;
    static const bool BLOCKS = false;
    static __device__ __forceinline__ uint2 pairs(const uint4& bytes, int q) {
        return make_uint2(word(bytes, 2 * q), word(bytes, 2 * q + 1));
    }
};
template <class W>
struct TensorBlocks {
    static const bool BLOCKS = true;
    static __device__ __forceinline__ uint2 pairs(const uint4& bytes, int q) {
        const float4 weights = W::quad(bytes, q, 1.0f);
        return make_uint2(bf16_pair(weights.x, weights.y), bf16_pair(weights.z, weights.w));
    }
};
template <>
struct TensorWeights<Int8> : TensorBlocks<Int8> {
    static const int UNIT = 2;
};
template <>
struct TensorWeights<Int4> : TensorBlocks<Int4> {
    static const int UNIT = 1;
};

// Multiplications by 16 inputs that a unit takes; and its inputs, of which each of an output's four lanes has a quarter.
template <class W>
__device__ __forceinline__ constexpr int unit_mmas() {
    return TensorWeights<W>::UNIT * W::VALUES / 4;
}
template <class W>
__device__ __forceinline__ constexpr int unit_inputs() {
    return TensorWeights<W>::UNIT * W::VALUES * 4;
}

__device__ __forceinline__ int divide_up(int value, int by) { return (value + by - 1) / by; }

// ---- bf16 ------------------------------------------------------------------------------------------------------------

// The nearest bf16, as an fp32; what is not finite stays so.
__device__ __forceinline__ float to_bf16(float value) {
    const unsigned bits = __float_as_uint(value);
    const bool finite = (bits & 0x7f800000u) != 0x7f800000u;
    return __uint_as_float((finite ? bits + 0x7fffu + (bits >> 16 & 1) : bits) & 0xffff0000u);
}

// ---- rows to fragments -----------------------------------------------------------------------------------------------

template <class W>
__device__ __forceinline__ void tensor_rows(const float* x, const float* norm, float eps, unsigned* fragments, int rows,
                                            int inputs) {
    after_previous();
    SHARED_MEMORY(shared);
    const int row = blockIdx.x, tiles = gridDim.x / 16;
    const bool there = row < rows;
    const float* from = x + (size_t)(there ? row : 0) * inputs;
    float scale = 1.0f;
    if (norm) {
        float squares = 0.0f;
#pragma unroll 8
        for (int i = threadIdx.x; i < inputs; i += TENSOR_THREADS) squares = fmaf(from[i], from[i], squares);
        scale = 1.0f / sqrtf(block_sum(squares, (float*)shared) / inputs + eps);
    }
    const int all = divide_up(inputs, unit_inputs<W>()) * unit_inputs<W>();
#pragma unroll 2
    for (int first = 4 * threadIdx.x; first < all; first += 4 * TENSOR_THREADS) {  // inputs a lane has in one mma
        float h[4], high[4];
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const int input = min(first + i, inputs - 1);
            const float value = norm ? from[input] * scale * norm[input] : from[input];
            h[i] = there && first + i < inputs ? value : 0.0f;
            high[i] = to_bf16(h[i]);
        }
        const int load = first / W::VALUES, quad = first % W::VALUES / 4;
        const int mma = load / 4 * (W::VALUES / 4) + quad, lane = row % 8 * 4 + load % 4;
        unsigned* to = fragments + ((((size_t)mma * tiles + row / 16) * 2 * WARP + lane) * 4 + row % 16 / 8);
        to[0] = bf16_pair(high[0], high[1]);
        to[2] = bf16_pair(high[2], high[3]);
        to[4 * WARP] = bf16_pair(to_bf16(h[0] - high[0]), to_bf16(h[1] - high[1]));
        to[4 * WARP + 2] = bf16_pair(to_bf16(h[2] - high[2]), to_bf16(h[3] - high[3]));
    }
}

// ---- the product -----------------------------------------------------------------------------------------------------

// What a warp multiplies, and what comes of it.
template <class W, int TILES>
struct TensorProducts {
    static const int UNIT = TensorWeights<W>::UNIT;
    static const int EIGHTS = TENSOR_OUTPUTS / 8;
    static const int SLOT = UNIT * EIGHTS * TENSOR_THREADS;  // loads of a unit, of all threads
    static const int SLOTS = 3;

    const uint4* fragments;          // of the first of TILES
    int mma_fragments;               // of all tiles
    const uint4* rows[EIGHTS];       // the weights a lane loads: of outputs 8 apart
    const float* scales[EIGHTS][2];  // of the outputs whose sums it has
    uint4* slots;                    // shared, [SLOTS][SLOT]; a thread reads only what it has copied itself
    int loads, block_shift;
    float4 sums[TILES][EIGHTS];

    static __device__ __forceinline__ int place(int slot, int u, int n) {
        return slot * SLOT + (u * EIGHTS + n) * TENSOR_THREADS + threadIdx.x;
    }

    // The weights of a unit, if it is there, on their way to a slot. Beyond a row's end fragments are zeros, so any weights
    // will do.
    __device__ __forceinline__ void copy(int unit, int units, int slot) const {
        if (unit < units) {
#pragma unroll
            for (int u = 0; u < UNIT; u++) {
                const int at = min((unit * UNIT + u) * 4 + (int)(threadIdx.x % 4), loads - 1);
#pragma unroll
                for (int n = 0; n < EIGHTS; n++) copy_ahead(&slots[place(slot, u, n)], rows[n] + at);
            }
        }
        end_copy_group();
    }

    __device__ __forceinline__ void load(int mma, uint4 (&a)[TILES][2]) const {
        const uint4* from = fragments + mma * mma_fragments + threadIdx.x % WARP;
#pragma unroll
        for (int m = 0; m < TILES; m++) {
            a[m][0] = from[m * 2 * WARP];
            a[m][1] = from[m * 2 * WARP + WARP];
        }
    }

    // Sums up units first, first + stride, ...; weights are two units ahead, fragments up to one multiplication. Weights may
    // be on their way before the kernel in front has ended, fragments may not.
    __device__ __forceinline__ void add(int first, int stride, int units) {
        const int MMAS = unit_mmas<W>(), QUADS = W::VALUES / 4, last = units - 1;
        uint4 a[2][TILES][2];
        copy(first, units, 0);
        copy(first + stride, units, 1);
        wait_for_previous();
        load(min(first, last) * MMAS, a[0]);
        int slot = 0;
#pragma unroll 1
        for (int unit = first; unit < units; unit += stride) {
            wait_for_copies_but<1>();
            copy(unit + 2 * stride, units, slot == 0 ? SLOTS - 1 : slot - 1);  // whose weights are used up
            float4 block[TILES][EIGHTS];
            if (TensorWeights<W>::BLOCKS) clear(block);
#pragma unroll
            for (int u = 0; u < UNIT; u++) {
                uint4 bytes[EIGHTS];
#pragma unroll
                for (int n = 0; n < EIGHTS; n++) bytes[n] = slots[place(slot, u, n)];
#pragma unroll
                for (int q = 0; q < QUADS; q++) {
                    const int i = u * QUADS + q;
                    load(i + 1 < MMAS ? unit * MMAS + i + 1 : min(unit + stride, last) * MMAS, a[(i + 1) % 2]);
                    multiply(a[i % 2], bytes, q, TensorWeights<W>::BLOCKS ? block : sums);
                }
            }
            if (TensorWeights<W>::BLOCKS) scale(block, unit * UNIT * 4);
            slot = slot == SLOTS - 1 ? 0 : slot + 1;
        }
    }

    static __device__ __forceinline__ void clear(float4 (&values)[TILES][EIGHTS]) {
#pragma unroll
        for (int m = 0; m < TILES; m++) {
#pragma unroll
            for (int n = 0; n < EIGHTS; n++) values[m][n] = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        }
    }

    static __device__ __forceinline__ void multiply(const uint4 (&a)[TILES][2], const uint4 (&bytes)[EIGHTS], int quad,
                                                    float4 (&to)[TILES][EIGHTS]) {
        uint2 b[EIGHTS];
#pragma unroll
        for (int n = 0; n < EIGHTS; n++) b[n] = TensorWeights<W>::pairs(bytes[n], quad);
#pragma unroll
        for (int low = 0; low < 2; low++) {  // outermost, so that no sum has to wait for itself
#pragma unroll
            for (int m = 0; m < TILES; m++) {
#pragma unroll
                for (int n = 0; n < EIGHTS; n++) multiply_add_16x8x16(to[m][n], a[m][low], b[n]);
            }
        }
    }

    __device__ __forceinline__ void scale(const float4 (&block)[TILES][EIGHTS], int load) {
#pragma unroll
        for (int n = 0; n < EIGHTS; n++) {
            const float first = W::scale(scales[n][0], load, block_shift);
            const float second = W::scale(scales[n][1], load, block_shift);
#pragma unroll
            for (int m = 0; m < TILES; m++) {
                sums[m][n].x = fmaf(first, block[m][n].x, sums[m][n].x);
                sums[m][n].y = fmaf(second, block[m][n].y, sums[m][n].y);
                sums[m][n].z = fmaf(first, block[m][n].z, sums[m][n].z);
                sums[m][n].w = fmaf(second, block[m][n].w, sums[m][n].w);
            }
        }
    }
};

template <class W, int ROWS, int GROUPS>
__device__ __forceinline__ void tensor_linear(const uint4* fragments, const unsigned char* weights,
                                              const float* scales, const float* bias, float* y, int rows, int inputs,
                                              int outputs, int loads, int block_shift, int activation, int adds) {
    const int TILES = ROWS / 16, SLICES = TENSOR_WARPS / GROUPS, OUTPUTS = GROUPS * TENSOR_OUTPUTS;
    const int PITCH = OUTPUTS + 8;  // so that half a warp writes pairs to 32 banks
    const int half = activation == 3 ? outputs / 2 : 0;
    const int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, group = warp % GROUPS, slice = warp / GROUPS;
    const int first_output = blockIdx.x * OUTPUTS, first_row = blockIdx.y * ROWS;

    let_next_start();
    SHARED_MEMORY(shared);
    TensorProducts<W, TILES> products;
    products.fragments = fragments + blockIdx.y * (TILES * 2 * WARP);
    products.mma_fragments = gridDim.y * (TILES * 2 * WARP);
    products.slots = (uint4*)shared;
    products.loads = loads;
    products.block_shift = block_shift;
    products.clear(products.sums);
#pragma unroll
    for (int n = 0; n < TENSOR_OUTPUTS / 8; n++) {
        const int eight = first_output + group * TENSOR_OUTPUTS + n * 8;
        const int row = weight_row(min(eight + lane / 4, outputs - 1), half);
        products.rows[n] = (const uint4*)weights + (size_t)row * loads;
#pragma unroll
        for (int i = 0; i < 2; i++) {
            const int of_sum = weight_row(min(eight + lane % 4 * 2 + i, outputs - 1), half);
            products.scales[n][i] = W::row_scales(scales, of_sum, loads, block_shift);
        }
    }
    products.add(slice, SLICES, divide_up(inputs, unit_inputs<W>()));

    __syncthreads();                  // weights have been used up
    float* partial = (float*)shared;  // [SLICES][ROWS][PITCH]
#pragma unroll
    for (int m = 0; m < TILES; m++) {
#pragma unroll
        for (int n = 0; n < TENSOR_OUTPUTS / 8; n++) {
            const int row = slice * ROWS + m * 16 + lane / 4, output = group * TENSOR_OUTPUTS + n * 8 + lane % 4 * 2;
            const float4 sums = products.sums[m][n];
            *(float2*)&partial[row * PITCH + output] = make_float2(sums.x, sums.y);
            *(float2*)&partial[(row + 8) * PITCH + output] = make_float2(sums.z, sums.w);
        }
    }
    __syncthreads();
    const int each = half > 0 ? 2 : 1, results = OUTPUTS / each;
    for (int i = threadIdx.x; i < min(rows - first_row, ROWS) * results; i += TENSOR_THREADS) {
        const int row = i / results, at = i % results * each, output = first_output + at;
        if (output >= outputs) continue;
        float sum = 0.0f, next = 0.0f;
#pragma unroll
        for (int s = 0; s < SLICES; s++) {
            sum += partial[(s * ROWS + row) * PITCH + at];
            if (half > 0) next += partial[(s * ROWS + row) * PITCH + at + 1];
        }
        if (bias) sum += bias[output];
        sum = half > 0 ? silu(sum) * next : activate(sum, activation);
        float* to = y + (size_t)(first_row + row) * (outputs / each) + output / each;
        *to = adds ? *to + sum : sum;
    }
}

#define TENSOR_ROWS(type, W)                                                                                           \
    KERNEL __launch_bounds__(256) tensor_rows_##type(const float* x, const float* norm, float eps,                     \
                                                     unsigned* fragments, int rows, int inputs) {                      \
        tensor_rows<W>(x, norm, eps, fragments, rows, inputs);                                                         \
    }                                                                                                                  \
    EXPORTED(tensor_rows_##type);

#define TENSOR_LINEAR(name, W, ROWS, GROUPS)                                                                           \
    KERNEL __launch_bounds__(256) name(const uint4* fragments, const unsigned char* weights, const float* scales,      \
                                       const float* bias, float* y, int rows, int inputs, int outputs, int loads,      \
                                       int block_shift, int activation, int adds) {                                    \
        tensor_linear<W, ROWS, GROUPS>(fragments, weights, scales, bias, y, rows, inputs, outputs, loads, block_shift, \
                                       activation, adds);                                                              \
    }                                                                                                                  \
    EXPORTED(name);

#define TENSOR_TYPE(type, W)                                                                                           \
    TENSOR_ROWS(type, W)                                                                                               \
    TENSOR_LINEAR(tensor_linear_##type##_r16, W, 16, 2)                                                                \
    TENSOR_LINEAR(tensor_linear_##type##_r16_narrow, W, 16, 1)                                                         \
    TENSOR_LINEAR(tensor_linear_##type##_r32, W, 32, 2)                                                                \
    TENSOR_LINEAR(tensor_linear_##type##_r32_narrow, W, 32, 1)                                                         \
    TENSOR_LINEAR(tensor_linear_##type##_r64, W, 64, 2)                                                                \
    TENSOR_LINEAR(tensor_linear_##type##_r64_narrow, W, 64, 1)

TENSOR_TYPE(bf16, Bf16)
TENSOR_TYPE(int8, Int8)
TENSOR_TYPE(int4, Int4)
