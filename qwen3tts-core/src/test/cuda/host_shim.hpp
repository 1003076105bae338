// host_shim.hpp - runs CUDA kernels on the CPU, one block after the other, so that they can be checked without a GPU
//
//   Each thread of a block is a fiber with its own stack. A fiber runs until it meets a barrier, a warp shuffle or its
//   end; nothing is ever preempted, so a result depends only on the order in which fibers are picked. Running the same
//   launch in several orders (forward, backward, shuffled) shows missing barriers as different results.
//
//   What it checks beyond the numbers:
//     - every allocation ends at an unmapped page: one element too far is a fault that names kernel, block and thread
//     - fresh memory and fresh shared memory are NaN, so that what nobody wrote is seen
//     - a barrier that not all threads reach, or that threads reach at different lines, is an error
//     - warp functions must be called by all 32 lanes
//     - each thread must wait for the kernel before and for its own copies, and what is prefetched must lie inside an allocation
//     - a launch must pass the types the kernel declares
//
//   Usage: compile each .cu with -x c++ -include host_shim.hpp, link the objects with a program that calls shim::launch.
//
//   What it cannot show: speed, races between blocks that run at once, the memory model, limits on registers.
#ifndef QWEN3TTS_HOST_SHIM_HPP
#define QWEN3TTS_HOST_SHIM_HPP

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#if !defined(__x86_64__) && !defined(__aarch64__)
#include <ucontext.h>
#endif

namespace shim {

struct Dim3 {
    unsigned x, y, z;
};

// ---- failure ---------------------------------------------------------------------------------------------------------

/// Set by the program around the shim: reports a sentence to whoever asked for the launch, and does not return.
inline void (*on_failure)(const char* message) = nullptr;

inline const char* running_kernel = "none";
inline Dim3 grid_dim, block_dim, block_index;

[[noreturn]] inline void fail(const char* format, ...) {
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (on_failure) on_failure(message);
    fprintf(stderr, "%s\n", message);
    _exit(1);
}

// ---- guarded memory --------------------------------------------------------------------------------------------------

struct Allocation {
    void* base;
    size_t mapped;
    size_t bytes;
};

inline std::map<uintptr_t, Allocation> allocations;

/// The end of what is returned lies at most 15 bytes before an unmapped page; the contents are all ones, a NaN.
inline void* allocate(size_t bytes) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t rounded = (bytes + 15) / 16 * 16;
    size_t body = (rounded + page - 1) / page * page;
    size_t mapped = body + 2 * page;
    char* base = (char*)mmap(nullptr, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) return nullptr;
    if (body > 0 && mprotect(base + page, body, PROT_READ | PROT_WRITE) != 0) return nullptr;
    char* start = base + page + body - rounded;
    memset(start, 0xff, rounded);
    allocations[(uintptr_t)start] = Allocation{base, mapped, bytes};
    return start;
}

inline bool release(void* start) {
    auto found = allocations.find((uintptr_t)start);
    if (found == allocations.end()) return false;
    munmap(found->second.base, found->second.mapped);
    allocations.erase(found);
    return true;
}

// ---- fibers ----------------------------------------------------------------------------------------------------------

enum State { READY, AT_BLOCK_BARRIER, AT_WARP_BARRIER, DONE };

/// 16 bytes on their way to shared memory.
struct Copy {
    void* to;
    const void* from;
};

struct Fiber {
    Dim3 thread;
    unsigned rank;
    State state;
    int barrier_line;
    unsigned shuffles;
    bool waited;
    std::vector<std::vector<Copy>> copies;  // group by group, the last one is still open
#if defined(__x86_64__) || defined(__aarch64__)
    void* stack_pointer;
#else
    ucontext_t context;
#endif
};

const size_t STACK_BYTES = 64 * 1024;
const unsigned MAX_THREADS = 1024;

inline Fiber fibers[MAX_THREADS];
inline char* stacks = nullptr;
inline Fiber* self = nullptr;
inline Fiber scheduler;
inline uint64_t shuffle_slots[MAX_THREADS / 32][2][32];
inline void (*thread_body)(void*) = nullptr;
inline void* thread_argument = nullptr;

#if defined(__x86_64__)
// Saves the callee-saved registers on the old stack, takes the new one's from there.
extern "C" void shim_switch(void** save, void* restore);
asm(R"(
    .text
    .weak shim_switch
    .type shim_switch, @function
shim_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size shim_switch, .-shim_switch
)");
#elif defined(__aarch64__)
extern "C" void shim_switch(void** save, void* restore);
asm(R"(
    .text
    .weak shim_switch
    .type shim_switch, %function
shim_switch:
    sub sp, sp, #160
    stp x19, x20, [sp, #0]
    stp x21, x22, [sp, #16]
    stp x23, x24, [sp, #32]
    stp x25, x26, [sp, #48]
    stp x27, x28, [sp, #64]
    stp x29, x30, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    mov x9, sp
    str x9, [x0]
    mov sp, x1
    ldp x19, x20, [sp, #0]
    ldp x21, x22, [sp, #16]
    ldp x23, x24, [sp, #32]
    ldp x25, x26, [sp, #48]
    ldp x27, x28, [sp, #64]
    ldp x29, x30, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    add sp, sp, #160
    ret
    .size shim_switch, .-shim_switch
)");
#endif

inline void switch_fibers(Fiber* from, Fiber* to) {
#if defined(__x86_64__) || defined(__aarch64__)
    shim_switch(&from->stack_pointer, to->stack_pointer);
#else
    swapcontext(&from->context, &to->context);
#endif
}

inline void fiber_main() {
    thread_body(thread_argument);
    if (!self->waited) {
        fail("a thread ends without having waited for the kernel before: kernel=%s, block=(%u,%u,%u), thread=%u",
             running_kernel, block_index.x, block_index.y, block_index.z, self->thread.x);
    }
    for (const std::vector<Copy>& group : self->copies) {
        if (group.empty()) continue;
        fail("a thread ends with copies on their way: kernel=%s, block=(%u,%u,%u), thread=%u", running_kernel,
             block_index.x, block_index.y, block_index.z, self->thread.x);
    }
    self->state = DONE;
    switch_fibers(self, &scheduler);
    fail("a finished thread was run again: kernel=%s", running_kernel);
}

inline void prepare(Fiber* fiber) {
    char* top = stacks + (size_t)(fiber->rank + 1) * STACK_BYTES;
#if defined(__x86_64__)
    // As after a call: the return address lies at 8 modulo 16; six registers below it.
    void** stack = (void**)top;
    *--stack = nullptr;
    *--stack = (void*)&fiber_main;
    for (int i = 0; i < 6; i++) *--stack = nullptr;
    fiber->stack_pointer = stack;
#elif defined(__aarch64__)
    char* stack = top - 160;
    memset(stack, 0, 160);
    *(void**)(stack + 88) = (void*)&fiber_main;
    fiber->stack_pointer = stack;
#else
    getcontext(&fiber->context);
    fiber->context.uc_stack.ss_sp = top - STACK_BYTES;
    fiber->context.uc_stack.ss_size = STACK_BYTES;
    fiber->context.uc_link = nullptr;
    makecontext(&fiber->context, (void (*)())fiber_main, 0);
#endif
}

inline void wait_block(int line) {
    self->state = AT_BLOCK_BARRIER;
    self->barrier_line = line;
    switch_fibers(self, &scheduler);
}

inline void wait_warp(int line) {
    self->state = AT_WARP_BARRIER;
    self->barrier_line = line;
    switch_fibers(self, &scheduler);
}

// ---- one block -------------------------------------------------------------------------------------------------------

enum Order { FORWARD, BACKWARD, SHUFFLED };

inline Order order = FORWARD;
inline uint64_t order_seed = 1;

inline uint32_t next_random() {
    order_seed = order_seed * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(order_seed >> 33);
}

inline void arrange(std::vector<unsigned>& ids) {
    for (unsigned i = 0; i < ids.size(); i++) ids[i] = order == BACKWARD ? (unsigned)ids.size() - 1 - i : i;
    if (order != SHUFFLED) return;
    for (unsigned i = (unsigned)ids.size(); i > 1; i--) std::swap(ids[i - 1], ids[next_random() % i]);
}

inline unsigned char* shared_memory = nullptr;

inline void describe_stall(unsigned threads) {
    unsigned counts[4] = {0, 0, 0, 0};
    int block_line = 0, warp_line = 0;
    for (unsigned t = 0; t < threads; t++) {
        counts[fibers[t].state]++;
        if (fibers[t].state == AT_BLOCK_BARRIER) block_line = fibers[t].barrier_line;
        if (fibers[t].state == AT_WARP_BARRIER) warp_line = fibers[t].barrier_line;
    }
    fail("not all threads reach a barrier: kernel=%s, block=(%u,%u,%u), atBlockBarrier=%u (line %d), "
         "atWarpFunction=%u (line %d), finished=%u",
         running_kernel, block_index.x, block_index.y, block_index.z, counts[AT_BLOCK_BARRIER], block_line,
         counts[AT_WARP_BARRIER], warp_line, counts[DONE]);
}

inline void release_barrier(Fiber* first, unsigned count, const char* what) {
    for (unsigned i = 0; i < count; i++) {
        if (first[i].barrier_line != first[0].barrier_line) {
            fail("threads met at different %s: kernel=%s, lines=%d and %d", what, running_kernel, first[0].barrier_line,
                 first[i].barrier_line);
        }
        first[i].state = READY;
    }
}

inline bool all_in(const Fiber* first, unsigned count, State state) {
    for (unsigned i = 0; i < count; i++) {
        if (first[i].state != state) return false;
    }
    return true;
}

inline void run_block(unsigned threads) {
    const unsigned warps = threads / 32;
    std::vector<unsigned> warp_order(warps), lane_order(32);
    for (unsigned t = 0; t < threads; t++) {
        fibers[t].rank = t;
        fibers[t].thread = Dim3{t, 0, 0};
        fibers[t].state = READY;
        fibers[t].shuffles = 0;
        fibers[t].waited = false;
        fibers[t].copies.assign(1, {});
        prepare(&fibers[t]);
    }
    while (!all_in(fibers, threads, DONE)) {
        bool progress = false;
        arrange(warp_order);
        for (unsigned w : warp_order) {
            Fiber* lanes = fibers + w * 32;
            arrange(lane_order);
            bool warp_runs = true;
            while (warp_runs) {
                warp_runs = false;
                for (unsigned lane : lane_order) {
                    if (lanes[lane].state != READY) continue;
                    self = &lanes[lane];
                    switch_fibers(&scheduler, self);
                    warp_runs = true;
                    progress = true;
                }
                if (all_in(lanes, 32, AT_WARP_BARRIER)) {
                    release_barrier(lanes, 32, "warp functions");
                    warp_runs = true;
                }
            }
        }
        if (all_in(fibers, threads, AT_BLOCK_BARRIER)) {
            release_barrier(fibers, threads, "barriers");
        } else if (!progress) {
            describe_stall(threads);
        }
    }
}

// ---- launch ----------------------------------------------------------------------------------------------------------

/// One kernel argument as it travels: 'p' pointer, 'i' int, 'f' float, 'l' 64-bit integer.
struct Argument {
    char kind;
    uint64_t bits;
};

template <class T>
struct Kind;
template <class T>
struct Kind<T*> {
    static const char value = 'p';
};
template <>
struct Kind<int> {
    static const char value = 'i';
};
template <>
struct Kind<float> {
    static const char value = 'f';
};
template <>
struct Kind<unsigned long long> {
    static const char value = 'l';
};

template <class T>
T from_bits(uint64_t bits) {
    T value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

struct Kernel {
    std::string kinds;
    void (*call)(void* function, const Argument* arguments);
    void* function;
};

inline std::map<std::string, Kernel>& kernels() {
    static std::map<std::string, Kernel> all;
    return all;
}

template <class... A>
struct Caller {
    template <size_t... I>
    static void apply(void (*function)(A...), const Argument* arguments, std::integer_sequence<size_t, I...>) {
        function(from_bits<A>(arguments[I].bits)...);
    }
    static void call(void* function, const Argument* arguments) {
        apply((void (*)(A...))function, arguments, std::make_index_sequence<sizeof...(A)>());
    }
};

struct Export {
    template <class... A>
    Export(const char* name, void (*function)(A...)) {
        kernels()[name] = Kernel{std::string{Kind<A>::value...}, &Caller<A...>::call, (void*)function};
    }
};

struct Call {
    const Kernel* kernel;
    const Argument* arguments;
};

inline void run_call(void* argument) {
    const Call* call = (const Call*)argument;
    call->kernel->call(call->kernel->function, call->arguments);
}

inline void on_fault(int, siginfo_t* info, void*) {
    fail("access outside of any allocation: kernel=%s, block=(%u,%u,%u), thread=%u, address=%p", running_kernel,
         block_index.x, block_index.y, block_index.z, self ? self->thread.x : 0, info->si_addr);
}

/// Whether faults are reported by name; off inside a process that handles faults itself, such as a JVM.
inline bool report_faults = true;

inline void start() {
    if (stacks) return;
    stacks = (char*)mmap(nullptr, STACK_BYTES * MAX_THREADS, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (!report_faults) return;
    static char signal_stack[64 * 1024];
    stack_t alternate = {};
    alternate.ss_sp = signal_stack;
    alternate.ss_size = sizeof signal_stack;
    sigaltstack(&alternate, nullptr);
    struct sigaction action = {};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(SIGSEGV, &action, nullptr);
    sigaction(SIGBUS, &action, nullptr);
}

inline void launch(const char* name, Dim3 grid, unsigned block, size_t shared_bytes, const Argument* arguments,
                   size_t count) {
    auto found = kernels().find(name);
    if (found == kernels().end()) fail("no such kernel: kernel=%s", name);
    std::string given;
    for (size_t i = 0; i < count; i++) given += arguments[i].kind;
    if (given != found->second.kinds) {
        fail("wrong arguments: kernel=%s, declared=%s, given=%s", name, found->second.kinds.c_str(), given.c_str());
    }
    if (block == 0 || block % 32 != 0 || block > MAX_THREADS) {
        fail("block size must be a multiple of 32, at most 1024: kernel=%s, threads=%u", name, block);
    }
    if (grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.y > 65535 || grid.z > 65535) {
        fail("grid out of range: kernel=%s, grid=(%u,%u,%u)", name, grid.x, grid.y, grid.z);
    }
    start();
    running_kernel = found->first.c_str();
    grid_dim = grid;
    block_dim = Dim3{block, 1, 1};
    Call call{&found->second, arguments};
    thread_body = run_call;
    thread_argument = &call;
    std::vector<unsigned> blocks((size_t)grid.x * grid.y * grid.z);
    arrange(blocks);
    shared_memory = shared_bytes ? (unsigned char*)allocate(shared_bytes) : nullptr;
    for (unsigned b : blocks) {
        block_index = Dim3{b % grid.x, b / grid.x % grid.y, b / grid.x / grid.y};
        if (shared_bytes) memset(shared_memory, 0xff, shared_bytes);
        run_block(block);
    }
    if (shared_bytes) release(shared_memory);
    shared_memory = nullptr;
    running_kernel = "none";
    self = nullptr;
}

// ---- warp functions --------------------------------------------------------------------------------------------------

/// Every lane gives a value; after the barrier each may read any. Two sets of slots alternate, so one barrier is enough.
inline const uint64_t* exchange(unsigned mask, uint64_t bits, int line) {
    if (mask != 0xffffffffu) fail("warp functions take the full mask: kernel=%s, line=%d", running_kernel, line);
    uint64_t* slots = shuffle_slots[self->rank / 32][self->shuffles++ & 1];
    slots[self->rank % 32] = bits;
    wait_warp(line);
    return slots;
}

template <class T>
T shuffle(unsigned mask, T value, unsigned source, int line) {
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof value);
    const unsigned lane = self->rank % 32;
    const uint64_t* slots = exchange(mask, bits, line);
    return from_bits<T>(slots[source < 32 ? source : lane]);
}

inline unsigned ballot(unsigned mask, bool predicate, int line) {
    const uint64_t* slots = exchange(mask, predicate, line);
    unsigned bits = 0;
    for (unsigned i = 0; i < 32; i++) bits |= (unsigned)(slots[i] & 1) << i;
    return bits;
}

}  // namespace shim

// ---- the words of CUDA C++ the kernels use ---------------------------------------------------------------------------

#define __global__
#define __device__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)

#define threadIdx (shim::self->thread)
#define blockIdx (shim::block_index)
#define blockDim (shim::block_dim)
#define gridDim (shim::grid_dim)

#define __syncthreads() shim::wait_block(__LINE__)
#define __syncwarp() shim::wait_warp(__LINE__)
#define __shfl_xor_sync(mask, value, offset) \
    shim::shuffle(mask, value, (shim::self->rank % 32) ^ (unsigned)(offset), __LINE__)
#define __shfl_sync(mask, value, source) shim::shuffle(mask, value, (unsigned)(source) % 32, __LINE__)
#define __shfl_up_sync(mask, value, offset) \
    shim::shuffle(mask, value, (shim::self->rank % 32) - (unsigned)(offset), __LINE__)
#define __shfl_down_sync(mask, value, offset) \
    shim::shuffle(mask, value, (shim::self->rank % 32) + (unsigned)(offset), __LINE__)
#define __ballot_sync(mask, predicate) shim::ballot(mask, predicate, __LINE__)
#define __threadfence() ((void)0)

struct alignas(16) float4 {
    float x, y, z, w;
};
struct alignas(16) uint4 {
    unsigned x, y, z, w;
};
struct alignas(8) uint2 {
    unsigned x, y;
};
struct alignas(8) float2 {
    float x, y;
};
inline float2 make_float2(float x, float y) { return float2{x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return float4{x, y, z, w}; }
inline uint2 make_uint2(unsigned x, unsigned y) { return uint2{x, y}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return uint4{x, y, z, w}; }

inline float __uint_as_float(unsigned bits) { return shim::from_bits<float>(bits); }
inline unsigned __float_as_uint(float value) {
    unsigned bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}
inline unsigned __byte_perm(unsigned low, unsigned high, unsigned selector) {
    const uint64_t bytes = (uint64_t)high << 32 | low;
    unsigned chosen = 0;
    for (unsigned i = 0; i < 4; i++) chosen |= (unsigned)(bytes >> (selector >> 4 * i & 7) * 8 & 255) << 8 * i;
    return chosen;
}
inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)((uint64_t)a * b >> 32); }
inline int min(int a, int b) { return a < b ? a : b; }
inline int max(int a, int b) { return a > b ? a : b; }
inline int atomicAdd(int* address, int value) {
    int old = *address;
    *address = old + value;
    return old;
}

// ---- tensor cores ----------------------------------------------------------------------------------------------------

namespace shim {

/// What a lane brings to a product of 16 x 16 and 16 x 8.
struct TensorOperands {
    unsigned a[4], b[2];
};

inline TensorOperands tensor_slots[MAX_THREADS / 32][2][32];

/// One of a register's two bf16.
inline float bf16_of(unsigned pair, unsigned index) {
    return from_bits<float>(index % 2 ? pair & 0xffff0000u : pair << 16);
}

/// A sum as an A100's tensor cores are reported to make it (Fasi et al. 2021): the products of eight inner indices and what
/// was there are cut off to one bit more than the largest has in fp32, then added; so is the sum. Cards differ in how many
/// and in how many bits.
inline float tensor_sum(float sum, const float* products, unsigned count) {
    double largest = fabs((double)sum), total = 0;
    for (unsigned i = 0; i < count; i++) largest = fmax(largest, fabs((double)products[i]));
    if (!(largest > 0) || isinf(largest)) {
        for (unsigned i = 0; i < count; i++) sum += products[i];
        return sum;
    }
    const double unit = ldexp(1.0, ilogb(largest) - 24);
    for (unsigned i = 0; i < count; i++) total += trunc(products[i] / unit);
    total += trunc(sum / unit);
    if (!isfinite(total)) return (float)total;
    const double cut = total == 0 ? 1 : ldexp(1.0, ilogb(total) - 23);
    return (float)(trunc(total / fmax(cut, 1)) * fmax(cut, 1) * unit);
}

inline void tensor_multiply_add(float4& c, const uint4& a, const uint2& b, int line) {
    const unsigned lane = self->rank % 32;
    TensorOperands* lanes = tensor_slots[self->rank / 32][self->shuffles++ & 1];
    lanes[lane] = TensorOperands{{a.x, a.y, a.z, a.w}, {b.x, b.y}};
    wait_warp(line);
    float* sums[4] = {&c.x, &c.y, &c.z, &c.w};
    for (unsigned i = 0; i < 4; i++) {
        const unsigned row = lane / 4 + i / 2 * 8, column = lane % 4 * 2 + i % 2;
        float products[16];
        for (unsigned k = 0; k < 16; k++) {
            const TensorOperands &of_a = lanes[row % 8 * 4 + k % 8 / 2], &of_b = lanes[column * 4 + k % 8 / 2];
            products[k] = bf16_of(of_a.a[row / 8 + k / 8 * 2], k) * bf16_of(of_b.b[k / 8], k);
        }
        *sums[i] = tensor_sum(tensor_sum(*sums[i], products, 8), products + 8, 8);
    }
}

// ---- copies that go on beside ----------------------------------------------------------------------------------------

/// A copy may arrive at once, when what is there may still be needed, or only when it is waited for: one order of threads
/// takes the first way, the others the second.
inline void wait_for_copies(size_t but) {
    std::vector<std::vector<Copy>>& groups = self->copies;
    while (groups.size() > but + 1) {
        for (const Copy& copy : groups.front()) memcpy(copy.to, copy.from, 16);
        groups.erase(groups.begin());
    }
}

}  // namespace shim

#define multiply_add_16x8x16(c, a, b) shim::tensor_multiply_add(c, a, b, __LINE__)

inline void copy_ahead(uint4* shared, const uint4* global) {
    if ((uintptr_t)shared % 16 != 0 || (uintptr_t)global % 16 != 0) {
        shim::fail("copy of parts of 16 bytes: kernel=%s", shim::running_kernel);
    }
    const shim::Copy copy = {shared, global};
    if (shim::order == shim::BACKWARD) {
        memcpy(copy.to, copy.from, 16);
    } else {
        shim::self->copies.back().push_back(copy);
    }
}
inline void end_copy_group() { shim::self->copies.emplace_back(); }
template <int GROUPS>
inline void wait_for_copies_but() {
    shim::wait_for_copies(GROUPS);
}

inline void let_next_start() {}
inline void wait_for_previous() { shim::self->waited = true; }
inline void prefetch(const unsigned char* address, int bytes) {
    if ((uintptr_t)address % 16 != 0 || bytes % 16 != 0) shim::fail("prefetch of parts of 16 bytes: kernel=%s", shim::running_kernel);
    const volatile unsigned char *first = address, *last = address + bytes - 1;
    (void)*first;  // faults if it is nobody's
    (void)*last;
}

#define SHARED_MEMORY(name) unsigned char* name = shim::shared_memory
#define EXPORTED(name) static shim::Export shim_export_##name(#name, &name)

#endif
