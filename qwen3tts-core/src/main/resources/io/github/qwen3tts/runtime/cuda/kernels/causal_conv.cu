// causal_conv.cu - the codec's convolutions and transposed convolutions, one frame of every stream at a time
//   math      y[t, o] = bias[o] + sum over taps j and channels c of W[o, j, c] * x[t - (taps - 1 - j) * dilation, c]
//             (+ residual[t, o]), clamped to [-1, 1] if asked for; activated = snake(y) for the convolution behind.
//             A transposed convolution of stride s and 2s taps is a convolution with 2 taps and s * channels outputs:
//             output r * channels + c of step t is channel c of step t * s + r, which row-major storage gives for free.
//   shapes    x [streams, length, channels], y, residual and activated [streams, length, outputs], each of the two
//             results may be null; alpha and inverse_beta [outputs], out of log scale; state: conv_window.cuh with
//             history = (taps - 1) * dilation; few rows: W [outputs, loads * 4], taps outermost in a row;
//             many rows: W [taps * channels, outputs]; all fp32
//   launch    each version's blocks, and one column of blocks more, which keeps the state
//   versions  v0 one thread per output (kept: readable truth)
//             v1 rows: as rms_norm_linear, inputs gathered from the window (shipped for few steps per frame)
//             v2 tile: a tile of outputs per block, both operands staged in shared memory (shipped for many steps)
//   check     CausalConvTest, TransposedConvTest
#include "conv_window.cuh"
#include "linear.cuh"

struct ConvResult {
    const float *bias, *residual, *alpha, *inverse_beta;
    float *y, *activated;
    int clamp;

    __device__ __forceinline__ void store(size_t at, int output, float sum) const {
        sum += bias[output];
        if (residual) sum += residual[at];
        if (clamp) sum = fminf(fmaxf(sum, -1.0f), 1.0f);
        if (y) y[at] = sum;
        if (activated) activated[at] = snake(sum, alpha[output], inverse_beta[output]);
    }
};

#define CONV_PARAMETERS                                                                                                \
    const float *x, float *state, long long unsigned slot_stride, const int *row_slot, const SlotProgress *progress,   \
        const float *weights, const float *bias, const float *residual, const float *alpha,                            \
        const float *inverse_beta, float *y, float *activated, int streams, int length, int channels, int outputs,     \
        int taps, int dilation, int clamp
#define CONV_WINDOW                                                                                                    \
    const ConvWindow window = {x, state, slot_stride, row_slot, progress, length, channels, (taps - 1) * dilation};    \
    const ConvResult result = {bias, residual, alpha, inverse_beta, y, activated, clamp}
#define CONV_STATE                                                                                                     \
    if (blockIdx.x == gridDim.x - 1) {                                                                                 \
        for (int stream = blockIdx.y; stream < streams; stream += gridDim.y) window.keep(stream);                      \
        return;                                                                                                        \
    }

KERNEL causal_conv_v0(CONV_PARAMETERS) {
    after_previous();
    CONV_WINDOW;
    CONV_STATE;
    const int output = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y;
    if (output >= outputs || row >= streams * length) return;
    float sum = 0.0f;
    for (int j = 0; j < taps; j++) {
        for (int c = 0; c < channels; c++) {
            const float value = window.at(row / length, row % length - (taps - 1 - j) * dilation, c);
            sum += weights[(size_t)(j * channels + c) * outputs + output] * value;
        }
    }
    result.store((size_t)row * outputs + output, output, sum);
}
EXPORTED(causal_conv_v0);

// ---- v1 --------------------------------------------------------------------------------------------------------------

// The taps of a row side by side.
struct WindowInput {
    const ConvWindow& window;
    int taps, dilation;

    __device__ __forceinline__ float fetch(int row, int i) const {
        const int tap = i / window.channels, channel = i % window.channels;
        return window.at(row / window.length, row % window.length - (taps - 1 - tap) * dilation, channel);
    }
    __device__ __forceinline__ float make(float fetched, int) const { return fetched; }
};

template <int ROWS, int OUTPUTS>
__device__ __forceinline__ void causal_conv_rows(const ConvWindow& window, const ConvResult& result,
                                                 const float* weights, int rows, int outputs, int taps, int dilation,
                                                 int loads) {
    SHARED_MEMORY(shared);
    linear<Fp32, ROWS, OUTPUTS>(
        (const unsigned char*)weights, nullptr, rows, taps * window.channels, outputs, loads, 0, 0, (float*)shared,
        WindowInput{window, taps, dilation},
        [&](int row, int output, float sum, float) { result.store((size_t)row * outputs + output, output, sum); });
}

#define CAUSAL_CONV_ROWS(ROWS, OUTPUTS)                                                                                \
    KERNEL __launch_bounds__(256, 2) causal_conv_rows_r##ROWS(CONV_PARAMETERS, int loads) {                            \
        request_weights_and_wait<OUTPUTS>((const unsigned char*)weights, outputs, loads);                              \
        CONV_WINDOW;                                                                                                   \
        CONV_STATE;                                                                                                    \
        causal_conv_rows<ROWS, OUTPUTS>(window, result, weights, streams* length, outputs, taps, dilation, loads);     \
    }                                                                                                                  \
    EXPORTED(causal_conv_rows_r##ROWS);

CAUSAL_CONV_ROWS(1, 2)
CAUSAL_CONV_ROWS(2, 2)
CAUSAL_CONV_ROWS(4, 4)
CAUSAL_CONV_ROWS(8, 4)
CAUSAL_CONV_ROWS(16, 4)

// ---- v2 --------------------------------------------------------------------------------------------------------------

const int TILE_DEPTH = 16;  // channels staged at a time

// A block computes ROWS x COLUMNS results, a thread MY_ROWS x MY_COLUMNS of them: rows ty + i * (ROWS / MY_ROWS),
// columns tx * MY_COLUMNS + j. Each result is summed over taps, then channels, in order, whatever the tile is.
template <int ROWS, int COLUMNS, int MY_ROWS, int MY_COLUMNS>
__device__ __forceinline__ void causal_conv_tile(const ConvWindow& window, const ConvResult& result,
                                                 const float* weights, int rows, int outputs, int taps, int dilation) {
    const int THREADS = (ROWS / MY_ROWS) * (COLUMNS / MY_COLUMNS);
    SHARED_MEMORY(shared);
    float* inputs = (float*)shared;                   // [ROWS][TILE_DEPTH + 1]
    float* kernel = inputs + ROWS * (TILE_DEPTH + 1);  // [TILE_DEPTH][COLUMNS]
    const int first_row = blockIdx.y * ROWS, first_output = blockIdx.x * COLUMNS;
    const int tx = threadIdx.x % (COLUMNS / MY_COLUMNS), ty = threadIdx.x / (COLUMNS / MY_COLUMNS);
    const int row_step = ROWS / MY_ROWS;

    float sums[MY_ROWS][MY_COLUMNS];
#pragma unroll
    for (int i = 0; i < MY_ROWS; i++) {
#pragma unroll
        for (int j = 0; j < MY_COLUMNS; j++) sums[i][j] = 0.0f;
    }

    for (int tap = 0; tap < taps; tap++) {
        for (int start = 0; start < window.channels; start += TILE_DEPTH) {
            __syncthreads();  // the tiles before are used up
            for (int i = threadIdx.x; i < ROWS * TILE_DEPTH; i += THREADS) {
                const int row = first_row + i / TILE_DEPTH, channel = start + i % TILE_DEPTH;
                const bool inside = row < rows && channel < window.channels;
                inputs[i / TILE_DEPTH * (TILE_DEPTH + 1) + i % TILE_DEPTH] =
                    inside ? window.at(row / window.length, row % window.length - (taps - 1 - tap) * dilation, channel)
                           : 0.0f;
            }
            for (int i = threadIdx.x; i < TILE_DEPTH * COLUMNS; i += THREADS) {
                const int channel = start + i / COLUMNS, output = first_output + i % COLUMNS;
                const bool inside = channel < window.channels && output < outputs;
                kernel[i] = inside ? weights[(size_t)(tap * window.channels + channel) * outputs + output] : 0.0f;
            }
            __syncthreads();
#pragma unroll
            for (int k = 0; k < TILE_DEPTH; k++) {
                float a[MY_ROWS], b[MY_COLUMNS];
#pragma unroll
                for (int i = 0; i < MY_ROWS; i++) a[i] = inputs[(ty + i * row_step) * (TILE_DEPTH + 1) + k];
#pragma unroll
                for (int j = 0; j < MY_COLUMNS; j++) b[j] = kernel[k * COLUMNS + tx * MY_COLUMNS + j];
#pragma unroll
                for (int i = 0; i < MY_ROWS; i++) {
#pragma unroll
                    for (int j = 0; j < MY_COLUMNS; j++) sums[i][j] = fmaf(a[i], b[j], sums[i][j]);
                }
            }
        }
    }
#pragma unroll
    for (int i = 0; i < MY_ROWS; i++) {
#pragma unroll
        for (int j = 0; j < MY_COLUMNS; j++) {
            const int row = first_row + ty + i * row_step, output = first_output + tx * MY_COLUMNS + j;
            if (row < rows && output < outputs) result.store((size_t)row * outputs + output, output, sums[i][j]);
        }
    }
}

#define CAUSAL_CONV_TILE(ROWS, COLUMNS, MY_ROWS, MY_COLUMNS, THREADS)                                                  \
    KERNEL __launch_bounds__(THREADS) causal_conv_tile_##ROWS##x##COLUMNS(CONV_PARAMETERS) {                           \
        after_previous();                                                                                              \
        CONV_WINDOW;                                                                                                   \
        CONV_STATE;                                                                                                    \
        causal_conv_tile<ROWS, COLUMNS, MY_ROWS, MY_COLUMNS>(window, result, weights, streams* length, outputs, taps,  \
                                                             dilation);                                                \
    }                                                                                                                  \
    EXPORTED(causal_conv_tile_##ROWS##x##COLUMNS);

CAUSAL_CONV_TILE(16, 32, 2, 2, 128)
CAUSAL_CONV_TILE(64, 32, 4, 2, 256)
