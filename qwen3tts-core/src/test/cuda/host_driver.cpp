// host_driver.cpp - the part of the CUDA driver that this library calls, over the host shim: libcuda.so.1 for tests
//
//   Lets the code that talks to the driver run without a card, through the same bindings: which function is called with
//   which arguments, what is captured into a graph, what is asked for beforehand. Modules are accepted unread; functions
//   are found among the kernels linked in. Failures of the shim end the process with a sentence. The environment says how
//   much memory there is, STAND_IN_MIB, and from which graph launch on the device is lost, STAND_IN_LOST_AT.
#include "host_shim.hpp"

namespace {

enum Result {
    SUCCESS = 0,
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    INVALID_DEVICE = 101,
    INVALID_CONTEXT = 201,
    NOT_FOUND = 500,
    ILLEGAL_ADDRESS = 700,
    STREAM_CAPTURE_UNSUPPORTED = 900
};

const size_t MEMORY = (size_t)(getenv("STAND_IN_MIB") ? atoi(getenv("STAND_IN_MIB")) : 4096) << 20;
const int LOST_AT = getenv("STAND_IN_LOST_AT") ? atoi(getenv("STAND_IN_LOST_AT")) : 0;
const size_t CONTEXT = (size_t)1 << 20;  // taken by each one beside the first, so that those that are left open are seen
const int PLAIN_SHARED_BYTES = 48 * 1024;
const int SHARED_BYTES = 232448;

struct Function {
    std::string name;
    const shim::Kernel* kernel;
    int shared_limit;
};

struct Launch {
    const Function* function;
    shim::Dim3 grid;
    unsigned block, shared_bytes;
    std::vector<shim::Argument> arguments;
};

typedef std::vector<Launch> Graph;

std::map<std::string, Function> functions;
size_t used = 0;
Graph* capturing = nullptr;
thread_local bool has_context = false;
int contexts = 0;
int graph_launches = 0;

// As on a device, a kernel's fault is told by every call from then on.
bool lost() { return LOST_AT > 0 && graph_launches >= LOST_AT; }

void run(const Launch& launch) {
    shim::launch(launch.function->name.c_str(), launch.grid, launch.block, launch.shared_bytes,
                 launch.arguments.data(), launch.arguments.size());
}

bool inside(uint64_t address, size_t bytes) {
    auto after = shim::allocations.upper_bound(address);
    if (after == shim::allocations.begin()) return false;
    auto found = --after;
    return address + bytes <= found->first + found->second.bytes;
}

// Copies need a context, memory that was allocated, and no capture under way.
int check_copy(uint64_t address, size_t bytes) {
    if (!has_context) return INVALID_CONTEXT;
    if (lost()) return ILLEGAL_ADDRESS;
    if (capturing) return STREAM_CAPTURE_UNSUPPORTED;
    return inside(address, bytes) ? SUCCESS : INVALID_VALUE;
}

void say_and_exit(const char* message) {
    fprintf(stderr, "host driver: %s\n", message);
    fflush(stderr);
    _exit(3);
}

char a_context, a_module, a_stream;

}  // namespace

extern "C" {

int cuInit(unsigned) {
    shim::report_faults = false;
    shim::on_failure = say_and_exit;
    return SUCCESS;
}

int cuGetErrorName(int error, const char** name) {
    *name = error == OUT_OF_MEMORY      ? "CUDA_ERROR_OUT_OF_MEMORY"
            : error == NOT_FOUND        ? "CUDA_ERROR_NOT_FOUND"
            : error == INVALID_VALUE    ? "CUDA_ERROR_INVALID_VALUE"
            : error == INVALID_CONTEXT  ? "CUDA_ERROR_INVALID_CONTEXT"
            : error == ILLEGAL_ADDRESS  ? "CUDA_ERROR_ILLEGAL_ADDRESS"
                                        : nullptr;
    return *name ? SUCCESS : INVALID_VALUE;
}

int cuDriverGetVersion(int* version) { return *version = 12090, SUCCESS; }
int cuDeviceGetCount(int* count) { return *count = 1, SUCCESS; }
int cuDeviceGet(int* device, int ordinal) { return *device = ordinal, ordinal == 0 ? SUCCESS : INVALID_DEVICE; }
int cuDeviceGetName(char* name, int length, int) { return snprintf(name, length, "host shim"), SUCCESS; }
int cuDeviceTotalMem_v2(size_t* bytes, int) { return *bytes = MEMORY, SUCCESS; }

int cuDeviceGetAttribute(int* value, int attribute, int) {
    switch (attribute) {
        case 16: *value = 1; return SUCCESS;              // multiprocessors
        case 75: *value = 9; return SUCCESS;              // compute capability, major
        case 76: *value = 0; return SUCCESS;              // compute capability, minor
        case 97: *value = SHARED_BYTES; return SUCCESS;   // shared memory of a block at most
        default: return INVALID_VALUE;
    }
}

int cuDevicePrimaryCtxRetain(void** context, int) { return *context = &a_context, contexts++, SUCCESS; }
int cuDevicePrimaryCtxRelease_v2(int) { return --contexts < 0 ? INVALID_CONTEXT : SUCCESS; }
int cuCtxSetCurrent(void* context) { return has_context = context == &a_context, SUCCESS; }

int cuMemGetInfo_v2(size_t* free_bytes, size_t* total) {
    *free_bytes = MEMORY - used - (contexts > 1 ? contexts - 1 : 0) * CONTEXT;
    *total = MEMORY;
    return has_context ? SUCCESS : INVALID_CONTEXT;
}

int cuMemAlloc_v2(uint64_t* address, size_t bytes) {
    if (!has_context) return INVALID_CONTEXT;
    if (bytes == 0) return INVALID_VALUE;
    if (bytes > MEMORY - used) return OUT_OF_MEMORY;
    *address = (uint64_t)shim::allocate(bytes);
    used += bytes;
    return SUCCESS;
}

int cuMemFree_v2(uint64_t address) {
    if (lost()) return ILLEGAL_ADDRESS;
    auto found = shim::allocations.find(address);
    if (found == shim::allocations.end()) return INVALID_VALUE;
    used -= found->second.bytes;
    shim::release((void*)address);
    return SUCCESS;
}

int cuMemHostAlloc(void** memory, size_t bytes, unsigned) { return *memory = malloc(bytes), SUCCESS; }
int cuMemFreeHost(void* memory) { return free(memory), lost() ? ILLEGAL_ADDRESS : SUCCESS; }

int cuMemcpyHtoDAsync_v2(uint64_t to, const void* from, size_t bytes, void*) {
    const int result = check_copy(to, bytes);
    if (result == SUCCESS) memcpy((void*)to, from, bytes);
    return result;
}

int cuMemcpyDtoHAsync_v2(void* to, uint64_t from, size_t bytes, void*) {
    const int result = check_copy(from, bytes);
    if (result == SUCCESS) memcpy(to, (const void*)from, bytes);
    return result;
}

int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void*) {
    int result = check_copy(from, bytes);
    if (result == SUCCESS) result = check_copy(to, bytes);
    if (result == SUCCESS) memcpy((void*)to, (const void*)from, bytes);
    return result;
}

int cuMemsetD8Async(uint64_t to, unsigned char value, size_t bytes, void*) {
    const int result = check_copy(to, bytes);
    if (result == SUCCESS) memset((void*)to, value, bytes);
    return result;
}

int cuModuleLoadData(void** module, const void*) { return *module = &a_module, SUCCESS; }
int cuModuleUnload(void*) { return lost() ? ILLEGAL_ADDRESS : SUCCESS; }

int cuModuleGetFunction(void** function, void*, const char* name) {
    auto kernel = shim::kernels().find(name);
    if (kernel == shim::kernels().end()) return NOT_FOUND;
    auto made = functions.emplace(name, Function{name, &kernel->second, PLAIN_SHARED_BYTES});
    *function = &made.first->second;
    return SUCCESS;
}

int cuFuncSetAttribute(void* function, int attribute, int value) {
    if (attribute != 8 || value > SHARED_BYTES) return INVALID_VALUE;
    ((Function*)function)->shared_limit = value;
    return SUCCESS;
}

int cuStreamCreate(void** stream, unsigned) { return *stream = &a_stream, has_context ? SUCCESS : INVALID_CONTEXT; }
int cuStreamDestroy_v2(void*) { return lost() ? ILLEGAL_ADDRESS : SUCCESS; }
int cuStreamSynchronize(void*) {
    return lost() ? ILLEGAL_ADDRESS : capturing ? STREAM_CAPTURE_UNSUPPORTED : SUCCESS;
}

int cuLaunchKernel(void* f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared_bytes, void* stream, void** parameters, void** extra) {
    const Function* function = (const Function*)f;
    if (!has_context) return INVALID_CONTEXT;
    if (lost()) return ILLEGAL_ADDRESS;
    if (stream != &a_stream || extra || by != 1 || bz != 1 || bx == 0) return INVALID_VALUE;
    if ((int)shared_bytes > function->shared_limit) return INVALID_VALUE;
    Launch launch{function, {gx, gy, gz}, bx, shared_bytes, {}};
    for (size_t i = 0; i < function->kernel->kinds.size(); i++) {
        const char kind = function->kernel->kinds[i];
        uint64_t bits = 0;
        memcpy(&bits, parameters[i], kind == 'p' || kind == 'l' ? 8 : 4);
        launch.arguments.push_back(shim::Argument{kind, bits});
    }
    if (capturing) {
        capturing->push_back(launch);
    } else {
        run(launch);
    }
    return SUCCESS;
}

struct LaunchAttribute {
    int id;
    char pad[4];
    union {
        int value;
        char bytes[64];
    };
};

struct LaunchConfig {
    unsigned gx, gy, gz, bx, by, bz, shared_bytes;
    void* stream;
    const LaunchAttribute* attributes;
    unsigned count;
};

// Takes nothing but the permission to start before the kernel in front has ended; here it never does.
int cuLaunchKernelEx(const LaunchConfig* config, void* f, void** parameters, void** extra) {
    const int PROGRAMMATIC_STREAM_SERIALIZATION = 6;
    if (config->count != 1 || config->attributes[0].id != PROGRAMMATIC_STREAM_SERIALIZATION ||
        config->attributes[0].value != 1) {
        return INVALID_VALUE;
    }
    return cuLaunchKernel(f, config->gx, config->gy, config->gz, config->bx, config->by, config->bz,
                          config->shared_bytes, config->stream, parameters, extra);
}

int cuStreamBeginCapture_v2(void*, int) {
    if (capturing) return STREAM_CAPTURE_UNSUPPORTED;
    capturing = new Graph();
    return SUCCESS;
}

int cuStreamEndCapture(void*, void** graph) {
    if (!capturing) return STREAM_CAPTURE_UNSUPPORTED;
    *graph = capturing;
    capturing = nullptr;
    return SUCCESS;
}

int cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long) {
    *executable = new Graph(*(Graph*)graph);
    return SUCCESS;
}

int cuGraphDestroy(void* graph) { return delete (Graph*)graph, SUCCESS; }
int cuGraphExecDestroy(void* executable) { return delete (Graph*)executable, lost() ? ILLEGAL_ADDRESS : SUCCESS; }

int cuGraphLaunch(void* executable, void* stream) {
    if (stream != &a_stream || capturing) return INVALID_VALUE;
    graph_launches++;
    if (lost()) return ILLEGAL_ADDRESS;
    for (const Launch& launch : *(Graph*)executable) run(launch);
    return SUCCESS;
}
}
