// rvq_lookup.cu - a frame's codes to the two vectors its latent is projected from
//   math      out = [E_0[c0] | sum over q = 1 .. groups-1 of E_q[c_q]]; the projections A_first and A_rest side by side
//             are one matrix, which rms_norm_linear applies next
//   shapes    codebooks [groups, codebook, dim], codes [rows, groups] in [0, codebook), out [rows, 2 * dim], all fp32;
//             a code of a row that speaks no more may be anything and is clamped
//   launch    256 threads, a block per row
//   versions  v0 (shipped)
//   check     RvqLookupTest
#include "common.cuh"

KERNEL __launch_bounds__(256)
    rvq_lookup(const float* codebooks, const int* codes, float* out, int groups, int codebook, int dim) {
    after_previous();
    const int row = blockIdx.x;
    const int* frame = codes + (size_t)row * groups;
    for (int i = threadIdx.x; i < 2 * dim; i += blockDim.x) {
        const int from = i < dim ? 0 : 1, to = i < dim ? 1 : groups;
        const int AT_ONCE = 8;  // groups whose loads are made together, and then added in order
        float sum = 0.0f;
        for (int first = from; first < to; first += AT_ONCE) {
            float value[AT_ONCE];
#pragma unroll
            for (int u = 0; u < AT_ONCE; u++) {
                const int group = min(first + u, to - 1);
                const int code = min(max(frame[group], 0), codebook - 1);
                value[u] = codebooks[((size_t)group * codebook + code) * dim + i % dim];
            }
#pragma unroll
            for (int u = 0; u < AT_ONCE; u++) {
                if (first + u < to) sum += value[u];
            }
        }
        out[(size_t)row * 2 * dim + i] = sum;
    }
}
EXPORTED(rvq_lookup);
