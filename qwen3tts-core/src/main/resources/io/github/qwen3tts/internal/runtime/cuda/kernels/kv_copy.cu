// kv_copy.cu - the first positions of a slot, in all layers, to a slot of other caches of the same layers and heads
//   math      to[plane, to_slot, head, p] = from[plane, from_slot, head, p] for p < positions, bit for bit
//   shapes    from [planes, from_slots, kv_heads, from_room, dim] fp32, to likewise with its own slots and room; a
//             plane holds one layer's keys or values; the positions of a head follow each other: one run in either
//   launch    256 threads, a load each; grid (loads of a run / 256 rounded up, kv_heads, planes)
//   versions  v0 4 bytes a load (kept: readable truth, and for a dim that 4 does not divide)
//             v1 16 bytes a load, dim % 4 == 0 (shipped)
//   check     KvCopyTest
#include "common.cuh"

// One load T of a run of positions * dim; dim counts loads.
template <class T>
__device__ __forceinline__ void copy_load(const T* from, T* to, int from_slot, int from_slots, int from_room,
                                          int to_slot, int to_slots, int to_room, int positions, int kv_heads,
                                          int dim) {
    after_previous();
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    const int head = blockIdx.y, plane = blockIdx.z;
    if (i >= positions * dim) return;
    const size_t source = (((size_t)plane * from_slots + from_slot) * kv_heads + head) * from_room * dim;
    const size_t target = (((size_t)plane * to_slots + to_slot) * kv_heads + head) * to_room * dim;
    to[target + i] = from[source + i];
}

KERNEL __launch_bounds__(256)
    kv_copy_v0(const float* from, float* to, int from_slot, int from_slots, int from_room, int to_slot, int to_slots,
               int to_room, int positions, int kv_heads, int dim) {
    copy_load(from, to, from_slot, from_slots, from_room, to_slot, to_slots, to_room, positions, kv_heads, dim);
}
EXPORTED(kv_copy_v0);

KERNEL __launch_bounds__(256)
    kv_copy(const uint4* from, uint4* to, int from_slot, int from_slots, int from_room, int to_slot, int to_slots,
            int to_room, int positions, int kv_heads, int dim) {
    copy_load(from, to, from_slot, from_slots, from_room, to_slot, to_slots, to_room, positions, kv_heads, dim / 4);
}
EXPORTED(kv_copy);
