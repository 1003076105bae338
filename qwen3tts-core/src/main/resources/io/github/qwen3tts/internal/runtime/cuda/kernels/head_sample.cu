// head_sample.cu - from logits to a code, and the code's embedding to where the next step reads it
//   math      group 0: repetition penalty on drawn codes (z < 0 ? z * r : z / r), no end code before the second draw, no
//             control codes but the end code. All groups: greedy is the lowest code of the largest score; else divide by
//             the temperature, keep scores >= the k-th largest, take away the least likely codes while their mass is at
//             most 1 - top_p (of equal ones the higher first, never the last), draw the lowest code whose cumulated
//             probability exceeds a uniform number. Scores fp32, probabilities fp64, as in package sample.
//   uniform   Philox 4x32-10: key = seed; counter = frame, group / 4, stream; word group % 4, its upper 24 bits
//   shapes    logits [rows, vocabulary]; seen [slots, vocabulary] bytes; codes [rows, groups]; requests, progress
//             [slots]; row_slot [rows]; table [codes, width]; embedded [rows, width] or null receives the code's row
//   launch    256 threads, a block per row; shared memory: HeadSample.java
//   versions  v0 one thread per row, plain loops, without top-p (kept: readable truth)
//             v1 a block per row: radix select for top-k, bitonic sort for top-p only, scan for the draw (shipped)
//   check     HeadSampleTest, against package sample
#include "common.cuh"
#include "slots.cuh"

const int SAMPLE_THREADS = 256;
const int SAMPLE_WARPS = SAMPLE_THREADS / WARP;
const float MIN_TEMPERATURE = 1e-6f;
const int MIN_DRAWS = 2;

struct Sampling {
    float temperature;
    int top_k;
    float top_p;
};

__device__ float philox_uniform(const SlotRequest& request, int frame, int group) {
    unsigned c0 = frame, c1 = group / 4, c2 = request.stream_low, c3 = request.stream_high;
    unsigned k0 = request.seed_low, k1 = request.seed_high;
    for (int round = 0; round < 10; round++) {
        const unsigned high0 = __umulhi(0xD2511F53u, c0), low0 = 0xD2511F53u * c0;
        const unsigned high1 = __umulhi(0xCD9E8D57u, c2), low1 = 0xCD9E8D57u * c2;
        c0 = high1 ^ c1 ^ k0;
        c1 = low1;
        c2 = high0 ^ c3 ^ k1;
        c3 = low0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    const int lane = group % 4;
    const unsigned word = lane == 0 ? c0 : lane == 1 ? c1 : lane == 2 ? c2 : c3;
    return (float)(word >> 8) * 5.9604644775390625e-8f;  // 2^-24
}

// A score after the rules for group 0; minus infinity where a code must not be drawn.
__device__ __forceinline__ float ruled(float z, int id, bool drawn_before, const SlotRequest& request, int draws,
                                       int first_control, int eos) {
    const float r = request.repetition_penalty;
    if (drawn_before && r != 1.0f) z = z < 0.0f ? z * r : z / r;
    if (id == eos ? draws < MIN_DRAWS : id >= first_control) z = -infinity();
    return z;
}

// A word that orders as the score does, both zeros alike.
__device__ __forceinline__ unsigned sortable(float score) {
    const unsigned bits = __float_as_uint(score + 0.0f);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

// ---- v0 --------------------------------------------------------------------------------------------------------------

KERNEL head_sample_v0(float* scores, const float* uniforms, float temperature, int top_k, int vocabulary, int* codes) {
    after_previous();
    if (threadIdx.x != 0) return;
    float* z = scores + (size_t)blockIdx.x * vocabulary;
    int best = 0;
    for (int id = 1; id < vocabulary; id++) best = z[id] > z[best] ? id : best;
    if (temperature == 0.0f) {
        codes[blockIdx.x] = best;
        return;
    }
    const float largest = z[best] / temperature;
    for (int id = 0; id < vocabulary; id++) z[id] /= temperature;
    float threshold = -infinity();
    for (int id = 0; id < vocabulary && top_k > 0; id++) {  // a score with fewer than k larger ones is among the k largest
        int larger = 0, equal = 0;
        for (int other = 0; other < vocabulary; other++) {
            larger += z[other] > z[id];
            equal += z[other] == z[id];
        }
        if (larger < top_k && larger + equal >= top_k) threshold = z[id];
    }
    double total = 0.0;
    for (int id = 0; id < vocabulary; id++) total += z[id] >= threshold ? exp((double)(z[id] - largest)) : 0.0;
    double cumulated = 0.0;
    int id = -1;
    while (cumulated <= uniforms[blockIdx.x] * total) {
        id++;
        cumulated += z[id] >= threshold ? exp((double)(z[id] - largest)) : 0.0;
    }
    codes[blockIdx.x] = id;
}
EXPORTED(head_sample_v0);

// ---- v1 --------------------------------------------------------------------------------------------------------------

struct Workspace {
    float* scores;             // [vocabulary]
    unsigned long long* keys;  // [power of two >= vocabulary], for top-p
    double* sums;              // [SAMPLE_WARPS]
    int* counts;               // [256], a histogram
    float* best_scores;        // [SAMPLE_WARPS]
    int* best_ids;             // [SAMPLE_WARPS]
    int* chosen;               // [2]
};

__device__ __forceinline__ Workspace workspace_at(unsigned char* shared, int vocabulary, int keys) {
    Workspace w;
    w.keys = (unsigned long long*)shared;
    w.sums = (double*)(w.keys + keys);
    w.scores = (float*)(w.sums + SAMPLE_WARPS);
    w.counts = (int*)(w.scores + vocabulary);
    w.best_scores = (float*)(w.counts + 256);
    w.best_ids = (int*)(w.best_scores + SAMPLE_WARPS);
    w.chosen = w.best_ids + SAMPLE_WARPS;
    return w;
}

// The lowest id of the largest score, and that score, in every thread; -1 if no score is above minus infinity.
__device__ int best_of(const Workspace& w, int vocabulary, float* best_score) {
    float score = -infinity();
    int id = -1;
    for (int i = threadIdx.x; i < vocabulary; i += SAMPLE_THREADS) {
        if (w.scores[i] > score) {
            score = w.scores[i];
            id = i;
        }
    }
    for (int offset = 16; offset > 0; offset /= 2) {
        const float other_score = __shfl_xor_sync(FULL_WARP, score, offset);
        const int other_id = __shfl_xor_sync(FULL_WARP, id, offset);
        if (other_id >= 0 && (id < 0 || other_score > score || (other_score == score && other_id < id))) {
            score = other_score;
            id = other_id;
        }
    }
    if (threadIdx.x % WARP == 0) {
        w.best_scores[threadIdx.x / WARP] = score;
        w.best_ids[threadIdx.x / WARP] = id;
    }
    __syncthreads();
    for (int i = 0; i < SAMPLE_WARPS; i++) {
        const float other_score = w.best_scores[i];
        const int other_id = w.best_ids[i];
        if (other_id >= 0 && (id < 0 || other_score > score || (other_score == score && other_id < id))) {
            score = other_score;
            id = other_id;
        }
    }
    __syncthreads();
    *best_score = score;
    return id;
}

// The k-th largest score as a sortable word, in every thread: four rounds, each fixing eight bits from the top.
__device__ unsigned kth_largest(const Workspace& w, int vocabulary, int k) {
    unsigned prefix = 0;
    for (int shift = 24; shift >= 0; shift -= 8) {
        for (int i = threadIdx.x; i < 256; i += SAMPLE_THREADS) w.counts[i] = 0;
        __syncthreads();
        const unsigned fixed = shift == 24 ? 0u : 0xffffffffu << (shift + 8);
        for (int i = threadIdx.x; i < vocabulary; i += SAMPLE_THREADS) {
            const unsigned value = sortable(w.scores[i]);
            if ((value & fixed) == prefix) atomicAdd(&w.counts[value >> shift & 255u], 1);
        }
        __syncthreads();
        if (threadIdx.x < WARP) {  // lane l holds buckets 255 - 8l down to 248 - 8l
            const int lane = threadIdx.x;
            int mine = 0;
            for (int i = 0; i < 8; i++) mine += w.counts[255 - 8 * lane - i];
            int upto = mine;
            for (int offset = 1; offset < WARP; offset *= 2) {
                const int before = __shfl_up_sync(FULL_WARP, upto, offset);
                if (lane >= offset) upto += before;
            }
            int larger = upto - mine;
            if (larger < k && upto >= k) {  // exactly one lane
                int bucket = 255 - 8 * lane;
                while (larger + w.counts[bucket] < k) larger += w.counts[bucket--];
                w.chosen[0] = bucket;
                w.chosen[1] = k - larger;
            }
        }
        __syncthreads();
        prefix |= (unsigned)w.chosen[0] << shift;
        k = w.chosen[1];
        __syncthreads();
    }
    return prefix;
}

// The sum of all threads' values before this thread's, and the sum of all.
__device__ double scan_before(double value, double* sums, double* total) {
    const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    double upto = value;
    for (int offset = 1; offset < WARP; offset *= 2) {
        const double before = __shfl_up_sync(FULL_WARP, upto, offset);
        if (lane >= offset) upto += before;
    }
    if (lane == WARP - 1) sums[warp] = upto;
    __syncthreads();
    double warps_before = 0.0, all = 0.0;
    for (int i = 0; i < SAMPLE_WARPS; i++) {
        if (i < warp) warps_before += sums[i];
        all += sums[i];
    }
    __syncthreads();
    *total = all;
    return warps_before + upto - value;
}

// Takes the least likely codes out of scores, least likely first, while their probabilities add up to at most mass.
__device__ void cut_tail(const Workspace& w, int vocabulary, int keys, float largest, double mass) {
    for (int i = threadIdx.x; i < keys; i += SAMPLE_THREADS) {  // codes that are out already sort behind all others
        const bool in = i < vocabulary && w.scores[i] > -infinity();
        const unsigned long long key = (unsigned long long)sortable(in ? w.scores[i] : 0.0f) << 32;
        w.keys[i] = in ? key | (unsigned)(vocabulary - 1 - i) : 0xffffffffffffffffull;
    }
    for (int size = 2; size <= keys; size *= 2) {
        for (int stride = size / 2; stride > 0; stride /= 2) {
            __syncthreads();
            for (int i = threadIdx.x; i < keys; i += SAMPLE_THREADS) {
                const int other = i ^ stride;
                if (other < i) continue;
                const unsigned long long a = w.keys[i], b = w.keys[other];
                if ((a > b) == ((i & size) == 0)) {
                    w.keys[i] = b;
                    w.keys[other] = a;
                }
            }
        }
    }
    __syncthreads();
    const int each = (keys + SAMPLE_THREADS - 1) / SAMPLE_THREADS, first = threadIdx.x * each;
    double mine = 0.0, total;
    for (int i = first; i < min(first + each, keys); i++) {
        if (w.keys[i] == 0xffffffffffffffffull) break;
        mine += exp((double)(w.scores[vocabulary - 1 - (int)(unsigned)w.keys[i]] - largest));
    }
    double cumulated = scan_before(mine, w.sums, &total);
    for (int i = first; i < min(first + each, keys); i++) {
        if (w.keys[i] == 0xffffffffffffffffull) break;
        const int id = vocabulary - 1 - (int)(unsigned)w.keys[i];
        cumulated += exp((double)(w.scores[id] - largest));
        const bool last = i + 1 == keys || w.keys[i + 1] == 0xffffffffffffffffull;
        if (!last && cumulated <= mass * total) w.scores[id] = -infinity();
    }
    __syncthreads();
}

// The code, in every thread; -1 if the scores are not numbers one can draw from.
__device__ int draw(const Workspace& w, int vocabulary, int keys, const Sampling& sampling, float uniform) {
    float largest;
    const int best = best_of(w, vocabulary, &largest);
    if (best < 0 || sampling.temperature == 0.0f) return best;
    if (sampling.temperature != 1.0f) {
        const float temperature = fmaxf(sampling.temperature, MIN_TEMPERATURE);
        for (int i = threadIdx.x; i < vocabulary; i += SAMPLE_THREADS) w.scores[i] /= temperature;
        largest /= temperature;
        __syncthreads();
    }
    if (!(fabsf(largest) < infinity())) return -1;
    if (sampling.top_k > 0 && sampling.top_k < vocabulary) {
        const unsigned threshold = kth_largest(w, vocabulary, sampling.top_k);
        for (int i = threadIdx.x; i < vocabulary; i += SAMPLE_THREADS) {
            if (sortable(w.scores[i]) < threshold) w.scores[i] = -infinity();
        }
        __syncthreads();
    }
    if (sampling.top_p < 1.0f) cut_tail(w, vocabulary, keys, largest, 1.0 - sampling.top_p);

    const int each = (vocabulary + SAMPLE_THREADS - 1) / SAMPLE_THREADS, first = threadIdx.x * each;
    double mine = 0.0, total;
    for (int i = first; i < min(first + each, vocabulary); i++) {
        if (w.scores[i] > -infinity()) mine += exp((double)(w.scores[i] - largest));
    }
    double cumulated = scan_before(mine, w.sums, &total);
    const double target = uniform * total;
    if (threadIdx.x == 0) w.chosen[0] = best;  // holds if rounding leaves the target just beyond the end
    __syncthreads();
    if (cumulated <= target && cumulated + mine > target) {  // at most one thread
        for (int i = first; i < min(first + each, vocabulary); i++) {
            if (!(w.scores[i] > -infinity())) continue;
            cumulated += exp((double)(w.scores[i] - largest));
            if (cumulated > target) {
                w.chosen[0] = i;
                break;
            }
        }
    }
    __syncthreads();
    return w.chosen[0];
}

// Whether any thread met a score that is NaN or positive infinity.
__device__ bool any(bool mine, int* flag) {
    if (threadIdx.x == 0) *flag = 0;
    __syncthreads();
    if (mine) *flag = 1;
    __syncthreads();
    const bool all = *flag != 0;
    __syncthreads();
    return all;
}

template <class T>
__device__ __forceinline__ void sample_first(const float* logits, unsigned char* seen, int* codes,
                                             const SlotRequest* requests, SlotProgress* progress, const int* row_slot,
                                             const T* table, float* embedded, int vocabulary, int keys, int groups,
                                             int eos, int first_control, int width) {
    after_previous();
    SHARED_MEMORY(shared);
    const int row = blockIdx.x, slot = row_slot[row];
    int code = 0;
    if (slot >= 0) {
        const Workspace w = workspace_at(shared, vocabulary, keys);
        const SlotRequest request = requests[slot];
        const int draws = progress[slot].draws, frame = progress[slot].frame;
        bool bad = false;
        for (int i = threadIdx.x; i < vocabulary; i += SAMPLE_THREADS) {
            const float z = logits[(size_t)row * vocabulary + i];
            bad |= !(z < infinity());
            w.scores[i] = ruled(z, i, seen[(size_t)slot * vocabulary + i] != 0, request, draws, first_control, eos);
        }
        int status = NOT_FINITE;
        if (!any(bad, w.chosen)) {
            const Sampling sampling = {request.temperature, request.top_k, request.top_p};
            code = draw(w, vocabulary, keys, sampling, philox_uniform(request, frame, 0));
            if (code >= 0) status = code == eos ? ENDED : draws + 1 >= request.max_draws ? LIMIT : SPEAKING;
        }
        if (threadIdx.x == 0) {
            if (code >= 0) seen[(size_t)slot * vocabulary + code] = 1;
            progress[slot].draws = draws + 1;
            progress[slot].status = status;
        }
        if (status == ENDED || status == NOT_FINITE) code = 0;  // what follows is computed and thrown away
    }
    if (threadIdx.x == 0) codes[(size_t)row * groups] = code;
    for (int i = threadIdx.x; i < width; i += SAMPLE_THREADS) {
        embedded[(size_t)row * width + i] = to_float(table[(size_t)code * width + i]);
    }
}

template <class T>
__device__ __forceinline__ void sample_next(const float* logits, int* codes, const SlotRequest* requests,
                                            SlotProgress* progress, const int* row_slot, const T* table,
                                            float* embedded, int vocabulary, int keys, int groups, int group,
                                            int width) {
    after_previous();
    SHARED_MEMORY(shared);
    const int row = blockIdx.x, slot = row_slot[row];
    int code = 0;
    if (slot >= 0) {
        const Workspace w = workspace_at(shared, vocabulary, keys);
        const SlotRequest request = requests[slot];
        bool bad = false;
        for (int i = threadIdx.x; i < vocabulary; i += SAMPLE_THREADS) {
            const float z = logits[(size_t)row * vocabulary + i];
            bad |= !(z < infinity());
            w.scores[i] = z;
        }
        code = -1;
        if (!any(bad, w.chosen)) {
            const Sampling sampling = {request.predictor_temperature, request.predictor_top_k, request.predictor_top_p};
            code = draw(w, vocabulary, keys, sampling, philox_uniform(request, progress[slot].frame, group));
        }
        if (code < 0) {
            code = 0;
            if (threadIdx.x == 0 && progress[slot].status == SPEAKING) progress[slot].status = NOT_FINITE;
        }
    }
    if (threadIdx.x == 0) codes[(size_t)row * groups + group] = code;
    if (!embedded) return;
    for (int i = threadIdx.x; i < width; i += SAMPLE_THREADS) {
        embedded[(size_t)row * width + i] = to_float(table[(size_t)code * width + i]);
    }
}

#define HEAD_SAMPLE(type, T)                                                                                           \
    KERNEL __launch_bounds__(256) head_sample_first_##type(                                                            \
        const float* logits, unsigned char* seen, int* codes, const SlotRequest* requests, SlotProgress* progress,     \
        const int* row_slot, const T* table, float* embedded, int vocabulary, int keys, int groups, int eos,           \
        int first_control, int width) {                                                                                \
        sample_first<T>(logits, seen, codes, requests, progress, row_slot, table, embedded, vocabulary, keys, groups,  \
                        eos, first_control, width);                                                                    \
    }                                                                                                                  \
    EXPORTED(head_sample_first_##type);                                                                                \
    KERNEL __launch_bounds__(256) head_sample_next_##type(                                                             \
        const float* logits, int* codes, const SlotRequest* requests, SlotProgress* progress, const int* row_slot,     \
        const T* table, float* embedded, int vocabulary, int keys, int groups, int group, int width) {                 \
        sample_next<T>(logits, codes, requests, progress, row_slot, table, embedded, vocabulary, keys, groups, group,  \
                       width);                                                                                         \
    }                                                                                                                  \
    EXPORTED(head_sample_next_##type);

HEAD_SAMPLE(fp32, float)
HEAD_SAMPLE(bf16, unsigned short)
