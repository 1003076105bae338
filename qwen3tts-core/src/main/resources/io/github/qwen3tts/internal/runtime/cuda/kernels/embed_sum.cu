// embed_sum.cu - talker inputs: prompt rows, and the row that follows a frame
//   math      input = text + sum over groups of table[group][code]. Prompt rows may have a text side, codes (all groups
//             for a reference frame, group 0 alone for a header position) and a speaker vector, each optional. The row
//             after frame k has the text side trailing[k], or pad when there is none.
//   shapes    table [vocabulary + (groups - 1) * codebook, width]: group 0 first, then the others in order;
//             text [any, width], vectors [any, width], text_row and vector_row [rows], negative for none;
//             codes [rows, groups], negative for none; trailing [slots, capacity, width], row k at k % capacity;
//             next_input [slots, width]
//   launch    256 threads, a block per row
//   versions  v0 (shipped): a thread per element is enough, the rows are few
//   check     EmbedSumTest
#include "common.cuh"
#include "slots.cuh"

template <class T>
__device__ __forceinline__ float codes_sum(const T* table, const int* codes, int groups, int vocabulary, int codebook,
                                           int width, int i) {
    const int AT_ONCE = 8;  // groups whose loads are made together, and then added in order
    float sum = 0.0f;
    for (int first = 0; first < groups; first += AT_ONCE) {
        int code[AT_ONCE];
        float value[AT_ONCE];
#pragma unroll
        for (int u = 0; u < AT_ONCE; u++) code[u] = codes[min(first + u, groups - 1)];
#pragma unroll
        for (int u = 0; u < AT_ONCE; u++) {
            const int group = min(first + u, groups - 1);
            const int row = (group == 0 ? 0 : vocabulary + (group - 1) * codebook) + max(code[u], 0);
            value[u] = to_float(table[(size_t)row * width + i]);
        }
#pragma unroll
        for (int u = 0; u < AT_ONCE; u++) {
            if (first + u < groups && code[u] >= 0) sum += value[u];
        }
    }
    return sum;
}

template <class T>
__device__ __forceinline__ void prompt_rows(const T* table, const int* codes, const float* text, const int* text_row,
                                            const float* vectors, const int* vector_row, float* out, int groups,
                                            int vocabulary, int codebook, int width) {
    after_previous();
    const int row = blockIdx.x;
    for (int i = threadIdx.x; i < width; i += blockDim.x) {
        float sum = codes_sum(table, codes + (size_t)row * groups, groups, vocabulary, codebook, width, i);
        if (vector_row[row] >= 0) sum += vectors[(size_t)vector_row[row] * width + i];
        if (text_row[row] >= 0) sum += text[(size_t)text_row[row] * width + i];
        out[(size_t)row * width + i] = sum;
    }
}

// The frame is complete: the stream's next input, its position and its count of frames. Streams that stopped stay as
// they are.
template <class T>
__device__ __forceinline__ void frame_end(const T* table, const int* codes, const float* trailing, int capacity,
                                          const float* pad, float* next_input, const SlotRequest* requests,
                                          SlotProgress* progress, const int* row_slot, int groups, int vocabulary,
                                          int codebook, int width) {
    after_previous();
    const int row = blockIdx.x, slot = row_slot[row];
    if (slot < 0 || progress[slot].status != SPEAKING) return;
    const int frame = progress[slot].frame;
    const bool has_text = frame < requests[slot].trailing_rows;
    const float* text = has_text ? trailing + ((size_t)slot * capacity + frame % capacity) * width : pad;
    for (int i = threadIdx.x; i < width; i += blockDim.x) {
        next_input[(size_t)slot * width + i] =
            codes_sum(table, codes + (size_t)row * groups, groups, vocabulary, codebook, width, i) + text[i];
    }
    __syncthreads();  // all have read the frame
    if (threadIdx.x == 0) {
        progress[slot].frame = frame + 1;
        progress[slot].position++;
    }
}

// What the layers of a talker step read: the streams' inputs, slots and positions, row by row.
KERNEL __launch_bounds__(256)
    frame_begin(const int* slots, const float* next_input, const SlotProgress* progress, float* x, int* row_slot,
                int* row_position, int width) {
    after_previous();
    const int row = blockIdx.x, slot = slots[row];
    for (int i = threadIdx.x; i < width; i += blockDim.x) {
        x[(size_t)row * width + i] = slot < 0 ? 0.0f : next_input[(size_t)slot * width + i];
    }
    if (threadIdx.x == 0) {
        row_slot[row] = slot;
        row_position[row] = slot < 0 ? 0 : progress[slot].position;
    }
}
EXPORTED(frame_begin);

#define EMBED_SUM(type, T)                                                                                             \
    KERNEL __launch_bounds__(256) prompt_rows_##type(                                                                  \
        const T* table, const int* codes, const float* text, const int* text_row, const float* vectors,                \
        const int* vector_row, float* out, int groups, int vocabulary, int codebook, int width) {                      \
        prompt_rows<T>(table, codes, text, text_row, vectors, vector_row, out, groups, vocabulary, codebook, width);   \
    }                                                                                                                  \
    EXPORTED(prompt_rows_##type);                                                                                      \
    KERNEL __launch_bounds__(256) frame_end_##type(                                                                    \
        const T* table, const int* codes, const float* trailing, int capacity, const float* pad, float* next_input,    \
        const SlotRequest* requests, SlotProgress* progress, const int* row_slot, int groups, int vocabulary,          \
        int codebook, int width) {                                                                                     \
        frame_end<T>(table, codes, trailing, capacity, pad, next_input, requests, progress, row_slot, groups,          \
                     vocabulary, codebook, width);                                                                     \
    }                                                                                                                  \
    EXPORTED(frame_end_##type);

EMBED_SUM(fp32, float)
EMBED_SUM(bf16, unsigned short)
