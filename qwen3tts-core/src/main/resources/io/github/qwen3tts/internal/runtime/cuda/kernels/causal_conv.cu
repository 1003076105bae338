// causal_conv.cu - the codec's convolutions and transposed convolutions, one frame of every stream at a time
//   math      y[t, o] = bias[o] + sum over taps j and channels c of W[o, j, c] * x[t - (taps - 1 - j) * dilation, c]
//             (+ residual[t, o]), clamped to [-1, 1] if asked for; activated = snake(y) for the convolution behind.
//             A transposed convolution of stride s and 2s taps is a convolution with 2 taps and s * channels outputs:
//             output r * channels + c of step t is channel c of step t * s + r, which row-major storage gives for free.
//   shapes    x [streams, length, channels], y, residual and activated [streams, length, outputs], each of the two
//             results may be null; alpha and inverse_beta [outputs], out of log scale; state: conv_window.cuh with
//             history = (taps - 1) * dilation; few rows: W [outputs, loads * 4], taps outermost in a row;
//             many rows: W [taps * channels, outputs]; all fp32
//   launch    each version's blocks, and one column of blocks more, which keeps the state; shared memory: CausalConv.java
//   versions  v0 one thread per output (kept: readable truth)
//             v1 rows: as rms_norm_linear, inputs gathered from the window (shipped for few steps per frame)
//             v2 tile: a tile of results per block, whose warps share its inputs: each stages and multiplies every
//                eighth piece of them, up to 8 x 8 results a thread, and then the warps are added up in order (shipped for
//                many steps)
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

// A column of blocks shares the streams, or a stream's parts if it has more blocks than that.
__device__ __forceinline__ void keep_all(const ConvWindow& window, int streams) {
    const int parts = max((int)gridDim.y / streams, 1);
    for (int i = blockIdx.y; i < streams * parts; i += gridDim.y) window.keep(i % streams, i / streams, parts);
}

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
        keep_all(window, streams);                                                                                     \
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

    // Without a branch, so that loads do not wait for each other: what is no stream's is read from slot 0.
    __device__ __forceinline__ float fetch(int row, int i) const {
        const int tap = i / window.channels, channel = i % window.channels, stream = row / window.length;
        const int t = row % window.length - (taps - 1 - tap) * dilation;
        const int slot = window.row_slot[stream];
        const float* frame = window.x + (size_t)stream * window.length * window.channels;
        const float value = (t >= 0 ? frame : window.kept_in(max(slot, 0)))[(long long)t * window.channels + channel];
        return t >= 0 || slot >= 0 ? value : 0.0f;
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

#define CAUSAL_CONV_ROWS(suffix, ROWS, OUTPUTS)                                                                        \
    KERNEL __launch_bounds__(256, ROWS == 16 ? 1 : 2) causal_conv_rows_##suffix(CONV_PARAMETERS, int loads) {          \
        prefetch_weights_and_wait<OUTPUTS>((const unsigned char*)weights, outputs, loads);                             \
        CONV_WINDOW;                                                                                                   \
        CONV_STATE;                                                                                                    \
        causal_conv_rows<ROWS, OUTPUTS>(window, result, weights, streams* length, outputs, taps, dilation, loads);     \
    }                                                                                                                  \
    EXPORTED(causal_conv_rows_##suffix);

CAUSAL_CONV_ROWS(r1, 1, 2)
CAUSAL_CONV_ROWS(r1_narrow, 1, 1)
CAUSAL_CONV_ROWS(r2, 2, 2)
CAUSAL_CONV_ROWS(r2_narrow, 2, 1)
CAUSAL_CONV_ROWS(r4, 4, 4)
CAUSAL_CONV_ROWS(r4_narrow, 4, 2)
CAUSAL_CONV_ROWS(r8, 8, 4)
CAUSAL_CONV_ROWS(r8_narrow, 8, 2)
CAUSAL_CONV_ROWS(r16, 16, 4)
CAUSAL_CONV_ROWS(r16_narrow, 16, 2)

// ---- v2 --------------------------------------------------------------------------------------------------------------

const int TILE_WARPS = 8;
const int TILE_DEPTH = 16;                // channels of one tap that a warp stages at a time: a piece
const int TILE_STRIDE = TILE_DEPTH + 4;   // of staged rows, so that 8 of them lie in different banks

// Four neighbours, as far as there are as many; all or none where they are aligned.
template <bool ALIGNED>
__device__ __forceinline__ float4 load_quad(const float* from, int valid) {
    if (ALIGNED) return valid > 0 ? *(const float4*)from : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    return make_float4(valid > 0 ? from[0] : 0.0f, valid > 1 ? from[1] : 0.0f, valid > 2 ? from[2] : 0.0f,
                       valid > 3 ? from[3] : 0.0f);
}

// A warp's tile of 8 * MY_ROWS x 4 * MY_COLUMNS results. Lane l has rows l / 4 + 8 * i and, in groups of four, columns
// l % 4 * 4 + 16 * j; it stages the same rows, and quads of columns in order.
template <int MY_ROWS, int MY_COLUMNS, bool ALIGNED>
struct WarpTile {
    static const int ROWS = 8 * MY_ROWS, COLUMNS = 4 * MY_COLUMNS;
    static const int STAGED = ROWS * TILE_STRIDE + TILE_DEPTH * COLUMNS;  // floats of a warp
    static const int KERNEL_QUADS = TILE_DEPTH * COLUMNS / 4 / WARP;      // of a lane

    const float* weights;
    const int channels, outputs, taps, dilation, first_output;
    float* const inputs;         // [ROWS][TILE_STRIDE]
    float* const kernel;         // [TILE_DEPTH][COLUMNS]
    const float* const x;        // my first row
    int t[MY_ROWS];              // steps of my rows in their frames
    const float* kept[MY_ROWS];  // what would be step 0 of my rows' frames, if the steps before it lay in front of it
    float4 next_inputs[MY_ROWS], next_kernel[KERNEL_QUADS];
    float sums[MY_ROWS][MY_COLUMNS];

    __device__ __forceinline__ WarpTile(const ConvWindow& window, const float* weights, int outputs, int taps,
                                        int dilation, int first_row, int rows, int first_output, float* staged)
        : weights(weights), channels(window.channels), outputs(outputs), taps(taps), dilation(dilation),
          first_output(first_output), inputs(staged), kernel(staged + ROWS * TILE_STRIDE),
          x(window.x + (size_t)(first_row + threadIdx.x % WARP / 4) * window.channels) {
#pragma unroll
        for (int i = 0; i < MY_ROWS; i++) {
            const int row = first_row + threadIdx.x % WARP / 4 + 8 * i;
            t[i] = row < rows ? row % window.length : -1;
            kept[i] = row < rows ? window.kept(row / window.length) : nullptr;
#pragma unroll
            for (int j = 0; j < MY_COLUMNS; j++) sums[i][j] = 0.0f;
        }
    }

    // A piece from memory into registers.
    __device__ __forceinline__ void fetch(int tap, int start) {
        const int lane = threadIdx.x % WARP;
        const int channel = start + lane % 4 * 4, shift = (taps - 1 - tap) * dilation;
#pragma unroll
        for (int i = 0; i < MY_ROWS; i++) {
            const int back = t[i] - shift;  // a step of the frame, or before it
            const float* from = back >= 0 ? x + (8 * i - shift) * channels : kept[i] + back * channels;
            next_inputs[i] = load_quad<ALIGNED>(from + channel, back >= 0 || kept[i] ? channels - channel : 0);
        }
#pragma unroll
        for (int i = 0; i < KERNEL_QUADS; i++) {
            const int quad = lane + i * WARP;
            const int from = start + quad / MY_COLUMNS, output = first_output + quad % MY_COLUMNS * 4;
            next_kernel[i] = load_quad<ALIGNED>(weights + (size_t)(tap * channels + from) * outputs + output,
                                                from < channels ? outputs - output : 0);
        }
    }

    // The piece from registers into shared memory.
    __device__ __forceinline__ void stage() {
        const int lane = threadIdx.x % WARP;
        __syncwarp();  // the piece before is used up
#pragma unroll
        for (int i = 0; i < MY_ROWS; i++) {
            *(float4*)(inputs + (lane / 4 + 8 * i) * TILE_STRIDE + lane % 4 * 4) = next_inputs[i];
        }
#pragma unroll
        for (int i = 0; i < KERNEL_QUADS; i++) ((float4*)kernel)[lane + i * WARP] = next_kernel[i];
        __syncwarp();
    }

    __device__ __forceinline__ void multiply() {
        const int lane = threadIdx.x % WARP;
#pragma unroll
        for (int quad = 0; quad < TILE_DEPTH / 4; quad++) {
            float4 a[MY_ROWS];
#pragma unroll
            for (int i = 0; i < MY_ROWS; i++) {
                a[i] = *(const float4*)(inputs + (lane / 4 + 8 * i) * TILE_STRIDE + quad * 4);
            }
#pragma unroll
            for (int k = 0; k < 4; k++) {
#pragma unroll
                for (int j = 0; j < MY_COLUMNS; j += 4) {
                    const float4 b = *(const float4*)(kernel + (quad * 4 + k) * COLUMNS + lane % 4 * 4 + j * 4);
#pragma unroll
                    for (int i = 0; i < MY_ROWS; i++) {
                        const float value = k == 0 ? a[i].x : k == 1 ? a[i].y : k == 2 ? a[i].z : a[i].w;
                        sums[i][j] = fmaf(value, b.x, sums[i][j]);
                        sums[i][j + 1] = fmaf(value, b.y, sums[i][j + 1]);
                        sums[i][j + 2] = fmaf(value, b.z, sums[i][j + 2]);
                        sums[i][j + 3] = fmaf(value, b.w, sums[i][j + 3]);
                    }
                }
            }
        }
    }
};

// Which warp adds what, and in which order, depends on taps and channels alone: a result is the same in every tile.
template <int MY_ROWS, int MY_COLUMNS, bool ALIGNED>
__device__ __forceinline__ void causal_conv_tile(const ConvWindow& window, const ConvResult& result,
                                                 const float* weights, int rows, int outputs, int taps, int dilation) {
    typedef WarpTile<MY_ROWS, MY_COLUMNS, ALIGNED> Tile;
    SHARED_MEMORY(shared);
    const int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP;
    const int first_row = blockIdx.y * Tile::ROWS, first_output = blockIdx.x * Tile::COLUMNS;
    Tile tile(window, weights, outputs, taps, dilation, first_row, rows, first_output,
              (float*)shared + warp * Tile::STAGED);

    const int pieces = (window.channels + TILE_DEPTH - 1) / TILE_DEPTH;  // of a tap
    int tap = warp / pieces, piece = warp % pieces;
    if (tap < taps) tile.fetch(tap, piece * TILE_DEPTH);
    while (tap < taps) {
        tile.stage();
        piece += TILE_WARPS;
        while (piece >= pieces) {
            piece -= pieces;
            tap++;
        }
        if (tap < taps) tile.fetch(tap, piece * TILE_DEPTH);  // arrives while this piece is multiplied
        tile.multiply();
    }

    const int count = Tile::ROWS * Tile::COLUMNS;
    float* partial = (float*)shared;  // [TILE_WARPS][ROWS][COLUMNS]
    __syncthreads();                  // all pieces are used up
#pragma unroll
    for (int i = 0; i < MY_ROWS; i++) {
#pragma unroll
        for (int j = 0; j < MY_COLUMNS; j++) {
            const int column = lane % 4 * 4 + j / 4 * 16 + j % 4;
            partial[warp * count + (lane / 4 + 8 * i) * Tile::COLUMNS + column] = tile.sums[i][j];
        }
    }
    __syncthreads();
    for (int at = threadIdx.x; at < count; at += TILE_WARPS * WARP) {
        const int row = first_row + at / Tile::COLUMNS, output = first_output + at % Tile::COLUMNS;
        if (row >= rows || output >= outputs) continue;
        float sum = 0.0f;
        for (int w = 0; w < TILE_WARPS; w++) sum += partial[w * count + at];
        result.store((size_t)row * outputs + output, output, sum);
    }
}

#define CAUSAL_CONV_TILE(ROWS, COLUMNS, BLOCKS)                                                                        \
    KERNEL __launch_bounds__(256, BLOCKS) causal_conv_tile_##ROWS##x##COLUMNS(CONV_PARAMETERS) {                       \
        after_previous();                                                                                              \
        CONV_WINDOW;                                                                                                   \
        CONV_STATE;                                                                                                    \
        const int rows = streams * length;                                                                             \
        if (window.aligned() && outputs % 4 == 0 && (size_t)weights % 16 == 0) {                                       \
            causal_conv_tile<ROWS / 8, COLUMNS / 4, true>(window, result, weights, rows, outputs, taps, dilation);     \
        } else {                                                                                                       \
            causal_conv_tile<ROWS / 8, COLUMNS / 4, false>(window, result, weights, rows, outputs, taps, dilation);    \
        }                                                                                                              \
    }                                                                                                                  \
    EXPORTED(causal_conv_tile_##ROWS##x##COLUMNS);

CAUSAL_CONV_TILE(16, 16, 3)
CAUSAL_CONV_TILE(32, 16, 2)
CAUSAL_CONV_TILE(64, 32, 1)
