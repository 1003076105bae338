// common.cuh - what every kernel file shares: dynamic shared memory, reductions, 16-byte loads and unpacking of weights
//
//   Kernels are compiled with NVRTC, without any header of the toolkit, with --fmad=false: a fused multiply-add is
//   written fmaf where it is meant, so that every variant of a kernel rounds alike and a result does not depend on the
//   batch. The tests compile the same files with the system's C++ compiler, which brings its own words (host_shim.hpp).
#ifndef QWEN3TTS_COMMON_CUH
#define QWEN3TTS_COMMON_CUH

#define KERNEL extern "C" __global__ void
#define FULL_WARP 0xffffffffu

const int WARP = 32;
const float LOWEST = -3.402823466e38f;  // below every score, and yet not minus infinity: differences stay numbers

__device__ __forceinline__ float infinity() { return __uint_as_float(0x7f800000u); }

// ---- what the tests' compiler has other words for --------------------------------------------------------------------
#ifndef SHARED_MEMORY
#define SHARED_MEMORY(name) extern __shared__ __align__(16) unsigned char name[]
#define EXPORTED(name)

// From here on the next kernel may come onto the card, as far as there is room for it.
__device__ __forceinline__ void let_next_start() {
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

// Waits until the kernel before has ended, and what it wrote can be seen.
__device__ __forceinline__ void wait_for_previous() {
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

// c += A . B over a warp, on the tensor cores; A 16 x 16, B 16 x 8, both bf16, two neighbouring ones of the inner dimension
// in a register, c fp32. Lane 4 g + t has of A, as [outer, inner], (g, 2t) (g + 8, 2t) (g, 2t + 8) (g + 8, 2t + 8); of B,
// as [inner, outer], (2t, g) (2t + 8, g); of c (g, 2t) (g, 2t + 1) (g + 8, 2t) (g + 8, 2t + 1). PTX ISA, mma.m16n8k16.
__device__ __forceinline__ void multiply_add_16x8x16(float4& c, const uint4& a, const uint2& b) {
    asm volatile(
        "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
        "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c.x), "+f"(c.y), "+f"(c.z), "+f"(c.w)
        : "r"(a.x), "r"(a.y), "r"(a.z), "r"(a.w), "r"(b.x), "r"(b.y));
}

// Copies of 16 bytes to shared memory that go on beside what follows. A thread's copies form groups, in order.
__device__ __forceinline__ void copy_ahead(uint4* shared, const uint4* global) {
    asm volatile(
        "{ .reg .u64 to, from; cvta.to.shared.u64 to, %0; cvta.to.global.u64 from, %1; "
        "cp.async.cg.shared.global [to], [from], 16; }" ::"l"(shared),
        "l"(global)
        : "memory");
}

// Closes a group: the copies since the last one.
__device__ __forceinline__ void end_copy_group() { asm volatile("cp.async.commit_group;" ::: "memory"); }

// Waits until this thread's groups but the last few have arrived; they can be seen by this thread then.
template <int GROUPS>
__device__ __forceinline__ void wait_for_copies_but() {
    asm volatile("cp.async.wait_group %0;" ::"n"(GROUPS) : "memory");
}

// Bytes on their way to L2; address and count are multiples of 16.
__device__ __forceinline__ void prefetch(const unsigned char* address, int bytes) {
#if __CUDA_ARCH__ >= 900
    asm volatile("{ .reg .u64 at; cvta.to.global.u64 at, %0; cp.async.bulk.prefetch.L2.global [at], %1; }" ::"l"(address),
                 "r"(bytes));
#endif
}
#endif

// ---- one kernel after the other --------------------------------------------------------------------------------------
//
// From compute capability 9.0 on, a kernel may come onto the card before the one in front of it has ended (programmatic
// dependent launch), so that its start costs no time of its own. Each thread of each kernel therefore waits before it
// touches anything that a kernel writes, also where it has nothing to do: a kernel that has ended has waited, and so all
// kernels in front of it have ended, too. Weights, which no kernel writes, may be fetched before the wait.

__device__ __forceinline__ void after_previous() {
    let_next_start();
    wait_for_previous();
}

// ---- reductions ------------------------------------------------------------------------------------------------------

// The sum over the warp, in every lane.
__device__ __forceinline__ float warp_sum(float value) {
    for (int offset = 16; offset > 0; offset /= 2) value += __shfl_xor_sync(FULL_WARP, value, offset);
    return value;
}

// COUNT sums over the warp at once, COUNT a power of two up to 32. Each step halves the values a lane still cares for, so
// all sums together take little more shuffles than there are values. The sum of value v ends in values[0] of lanes
// v * (32 / COUNT) and the following ones. Every sum adds the lanes in the order warp_sum does, to the same bits.
template <int HALF, int OFFSET, int COUNT>
__device__ __forceinline__ void warp_sums_from(float (&values)[COUNT]) {
    const bool upper = threadIdx.x & OFFSET;
#pragma unroll
    for (int i = 0; i < HALF; i++) {
        const float low = values[i], high = values[i + HALF];  // a choice of addresses would keep them in memory
        values[i] = (upper ? high : low) + __shfl_xor_sync(FULL_WARP, upper ? low : high, OFFSET);
    }
    if (HALF == 0) values[0] += __shfl_xor_sync(FULL_WARP, values[0], OFFSET);
    if constexpr (OFFSET > 1) warp_sums_from<HALF / 2, OFFSET / 2>(values);
}

template <int COUNT>
__device__ __forceinline__ void warp_sums(float (&values)[COUNT]) {
    warp_sums_from<COUNT / 2, WARP / 2>(values);
}

// The sum over the block, in every thread; scratch holds one float per warp. Ends with a barrier's worth of safety: the
// caller may use scratch again at once.
__device__ __forceinline__ float block_sum(float value, float* scratch) {
    const int warps = blockDim.x / WARP;
    value = warp_sum(value);
    if (threadIdx.x % WARP == 0) scratch[threadIdx.x / WARP] = value;
    __syncthreads();
    float sum = 0.0f;
    for (int w = 0; w < warps; w++) sum += scratch[w];
    __syncthreads();
    return sum;
}

// ---- numbers ---------------------------------------------------------------------------------------------------------

// A table's entry: fp32 as it is, bf16 as the upper half of an fp32.
__device__ __forceinline__ float to_float(float value) { return value; }
__device__ __forceinline__ float to_float(unsigned short bits) { return __uint_as_float((unsigned)bits << 16); }

__device__ __forceinline__ float silu(float x) { return x / (1.0f + expf(-x)); }

// The exact form, not the tanh one.
__device__ __forceinline__ float gelu(float x) { return 0.5f * x * (1.0f + erff(x * 0.70710678118654752f)); }

// What a layer does to its sums, by the ordinals of Activation.java.
__device__ __forceinline__ float activate(float sum, int activation) {
    if (activation == 1) sum = silu(sum);
    if (activation == 2) sum = gelu(sum);
    return sum;
}

// x + sin(x * alpha)^2 * inverse_beta, where alpha and inverse_beta are already out of log scale.
__device__ __forceinline__ float snake(float x, float alpha, float inverse_beta) {
    const float s = sinf(x * alpha);
    return x + s * s * inverse_beta;
}

// ---- weights ---------------------------------------------------------------------------------------------------------
//
// A weight matrix is [outputs][loads] of 16 bytes, rows padded with what stands for zero. One load brings VALUES
// weights; quad q of it holds weights 4q..4q+3. Weights in blocks share a scale per block of some loads, a power
// of two.

// Which row of W an output is made of. With half > 0, outputs come in pairs, one from each half of the rows.
__device__ __forceinline__ int weight_row(int output, int half) {
    return half > 0 ? output % 2 * half + output / 2 : output;
}

__device__ __forceinline__ unsigned word(const uint4& bytes, int i) {
    return i == 0 ? bytes.x : i == 1 ? bytes.y : i == 2 ? bytes.z : bytes.w;
}

struct Fp32 {
    static const int VALUES = 4;
    static __device__ __forceinline__ const float* row_scales(const float*, int, int, int) { return nullptr; }
    static __device__ __forceinline__ float scale(const float*, int, int) { return 1.0f; }
    static __device__ __forceinline__ float4 quad(const uint4& bytes, int, float) {
        return make_float4(__uint_as_float(bytes.x), __uint_as_float(bytes.y), __uint_as_float(bytes.z),
                           __uint_as_float(bytes.w));
    }
};

struct Bf16 {
    static const int VALUES = 8;
    static __device__ __forceinline__ const float* row_scales(const float*, int, int, int) { return nullptr; }
    static __device__ __forceinline__ float scale(const float*, int, int) { return 1.0f; }
    static __device__ __forceinline__ float4 quad(const uint4& bytes, int q, float) {
        const unsigned low = word(bytes, 2 * q), high = word(bytes, 2 * q + 1);
        return make_float4(__uint_as_float(low << 16), __uint_as_float(low & 0xffff0000u), __uint_as_float(high << 16),
                           __uint_as_float(high & 0xffff0000u));
    }
};

// Where the scales of an output's weights are; and the one of a load among them.
struct InBlocks {
    static __device__ __forceinline__ const float* row_scales(const float* scales, int output, int loads,
                                                              int block_shift) {
        return scales + (size_t)output * (loads >> block_shift);
    }
    static __device__ __forceinline__ float scale(const float* row_scales, int load, int block_shift) {
        return row_scales[load >> block_shift];
    }
};

const unsigned LAST_BITS = 0x4b000000u;  // 2^23 as an fp32

// scale * (n - ZERO) of an n below 256 in the last bits of 2^23, from where subtraction brings it back, exactly and faster
// than a conversion.
template <int ZERO>
__device__ __forceinline__ float scaled(unsigned n, float scale) {
    return scale * (__uint_as_float(n) - (float)(8388608 + ZERO));
}

// Bytes with their zero at 128.
struct Int8 : InBlocks {
    static const int VALUES = 16;
    static __device__ __forceinline__ float4 quad(const uint4& bytes, int q, float scale) {
        const unsigned four = word(bytes, q);
        return make_float4(scaled<128>(__byte_perm(four, LAST_BITS, 0x7650), scale),
                           scaled<128>(__byte_perm(four, LAST_BITS, 0x7651), scale),
                           scaled<128>(__byte_perm(four, LAST_BITS, 0x7652), scale),
                           scaled<128>(__byte_perm(four, LAST_BITS, 0x7653), scale));
    }
};

// Nibbles with their zero at 8, the earlier weight in the low one.
struct Int4 : InBlocks {
    static const int VALUES = 32;
    static __device__ __forceinline__ float4 quad(const uint4& bytes, int q, float scale) {
        const unsigned eight = word(bytes, q / 2), even = eight & 0x0f0f0f0fu, odd = eight >> 4 & 0x0f0f0f0fu;
        const unsigned first = 0x7650u + q % 2 * 2;  // a byte of the one or the other, in the last bits
        return make_float4(
            scaled<8>(__byte_perm(even, LAST_BITS, first), scale), scaled<8>(__byte_perm(odd, LAST_BITS, first), scale),
            scaled<8>(__byte_perm(even, LAST_BITS, first + 1), scale),
            scaled<8>(__byte_perm(odd, LAST_BITS, first + 1), scale));
    }
};

#endif
