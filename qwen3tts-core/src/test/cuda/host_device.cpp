// host_device.cpp - a device on the host: takes requests on standard input, runs kernels through the shim, answers on
// standard output. Everything is little endian. Each answer starts with a byte: 0, or 1 and a message.
//
//   A bytes:u64                     -> address:u64           allocate
//   F address:u64                   ->                       free
//   U address:u64 bytes:u64 data    ->                       upload
//   D address:u64 bytes:u64         -> data                  download
//   Z address:u64 bytes:u64         ->                       fill with zeros
//   C from:u64 to:u64 bytes:u64     ->                       copy
//   O order:u32 seed:u64            ->                       order of blocks, warps and lanes
//   P launches:u32, each: name:str grid:3*u32 block:u32 shared:u64 kinds:str values:u64 each -> id:u32   keep a program
//   R id:u32                        ->                       run a program
//
//   str is length:u32 and bytes. The end of the input ends the program.
#include "host_shim.hpp"

namespace {

// Mistakes for the tests to see that they are found.
void forgets_to_wait(int* out) { *out = 1; }
void prefetches_beyond_the_end(unsigned char* weights, int bytes) {
    prefetch(weights, bytes);
    wait_for_previous();
}
EXPORTED(forgets_to_wait);
EXPORTED(prefetches_beyond_the_end);

struct Launch {
    std::string name;
    shim::Dim3 grid;
    unsigned block;
    size_t shared_bytes;
    std::vector<shim::Argument> arguments;
};

void put(const void* data, size_t bytes) {
    if (fwrite(data, 1, bytes, stdout) != bytes) _exit(2);
}

template <class T>
void put(T value) {
    put(&value, sizeof value);
}

bool take(void* data, size_t bytes) { return fread(data, 1, bytes, stdin) == bytes; }

template <class T>
T take() {
    T value;
    if (!take(&value, sizeof value)) _exit(2);
    return value;
}

std::string take_string() {
    std::string text(take<uint32_t>(), '\0');
    if (!text.empty() && !take(&text[0], text.size())) _exit(2);
    return text;
}

void report_failure(const char* message) {
    put<uint8_t>(1);
    put<uint32_t>((uint32_t)strlen(message));
    put(message, strlen(message));
    fflush(stdout);
    _exit(1);
}

Launch take_launch() {
    Launch launch;
    launch.name = take_string();
    launch.grid.x = take<uint32_t>();
    launch.grid.y = take<uint32_t>();
    launch.grid.z = take<uint32_t>();
    launch.block = take<uint32_t>();
    launch.shared_bytes = take<uint64_t>();
    for (char kind : take_string()) launch.arguments.push_back(shim::Argument{kind, take<uint64_t>()});
    return launch;
}

/// Uploads and downloads must stay inside one allocation: the driver would refuse them, so do we.
void check_range(uint64_t address, uint64_t bytes) {
    auto after = shim::allocations.upper_bound(address);
    if (after != shim::allocations.begin()) {
        auto found = --after;
        if (address + bytes <= found->first + found->second.bytes) return;
    }
    shim::fail("copy outside of any allocation: address=%#llx, bytes=%llu", (unsigned long long)address,
               (unsigned long long)bytes);
}

}  // namespace

int main() {
    shim::on_failure = report_failure;
    std::vector<std::vector<Launch>> programs;
    for (uint8_t request; take(&request, 1);) {
        switch (request) {
            case 'A': {
                void* address = shim::allocate(take<uint64_t>());
                if (!address) shim::fail("out of memory");
                put<uint8_t>(0);
                put<uint64_t>((uint64_t)address);
                break;
            }
            case 'F':
                if (!shim::release((void*)take<uint64_t>())) shim::fail("free of an unknown address");
                put<uint8_t>(0);
                break;
            case 'U': {
                uint64_t address = take<uint64_t>(), bytes = take<uint64_t>();
                check_range(address, bytes);
                if (!take((void*)address, bytes)) _exit(2);
                put<uint8_t>(0);
                break;
            }
            case 'D': {
                uint64_t address = take<uint64_t>(), bytes = take<uint64_t>();
                check_range(address, bytes);
                put<uint8_t>(0);
                put((const void*)address, bytes);
                break;
            }
            case 'Z': {
                uint64_t address = take<uint64_t>(), bytes = take<uint64_t>();
                check_range(address, bytes);
                memset((void*)address, 0, bytes);
                put<uint8_t>(0);
                break;
            }
            case 'C': {
                uint64_t from = take<uint64_t>(), to = take<uint64_t>(), bytes = take<uint64_t>();
                check_range(from, bytes);
                check_range(to, bytes);
                memcpy((void*)to, (const void*)from, bytes);
                put<uint8_t>(0);
                break;
            }
            case 'O':
                shim::order = (shim::Order)take<uint32_t>();
                shim::order_seed = take<uint64_t>();
                put<uint8_t>(0);
                break;
            case 'P': {
                std::vector<Launch> program(take<uint32_t>());
                for (Launch& launch : program) launch = take_launch();
                programs.push_back(program);
                put<uint8_t>(0);
                put<uint32_t>((uint32_t)programs.size() - 1);
                break;
            }
            case 'R': {
                uint32_t id = take<uint32_t>();
                if (id >= programs.size()) shim::fail("no such program: id=%u", id);
                for (const Launch& launch : programs[id]) {
                    shim::launch(launch.name.c_str(), launch.grid, launch.block, launch.shared_bytes,
                                 launch.arguments.data(), launch.arguments.size());
                }
                put<uint8_t>(0);
                break;
            }
            default:
                shim::fail("unknown request: %c", request);
        }
        fflush(stdout);
    }
    return 0;
}
