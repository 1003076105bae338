package io.github.qwen3tts.internal.runtime.cuda;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.internal.Check;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.cuda.cudart.CUctx_st;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUlaunchAttribute;
import org.bytedeco.cuda.cudart.CUlaunchConfig;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** A GPU behind the driver: its primary context, one stream, the kernels as modules. */
final class DriverDevice implements CudaDevice {

    private static final int MAX_ARGUMENTS = 32;

    /** Shared memory a kernel may ask for without saying so beforehand. */
    private static final int PLAIN_SHARED_BYTES = 48 * 1024;

    private final CudaOptions options;
    private final DeviceProperties properties;
    private final CUctx_st context;
    private final CUstream_st stream = new CUstream_st();
    private final Map<String, CUmod_st> modules = new HashMap<>();
    private final Map<String, CUfunc_st> functions = new HashMap<>();
    private final Map<String, Integer> sharedLimits = new HashMap<>();
    private final List<Pointer> hostBuffers = new ArrayList<>();
    private final LongPointer argumentValues = new LongPointer(MAX_ARGUMENTS);
    private final PointerPointer<Pointer> argumentAddresses = new PointerPointer<>(MAX_ARGUMENTS);
    private final CUlaunchAttribute overlapping = new CUlaunchAttribute();
    private final CUlaunchConfig overlappingLaunch = new CUlaunchConfig();
    private final boolean overlap;
    private boolean closed;

    private DriverDevice(CudaOptions options, DeviceProperties properties) {
        this.options = options;
        this.properties = properties;
        overlap = options.overlap() && properties.canOverlap();
        context = Driver.retain(options.device());
        for (int i = 0; i < MAX_ARGUMENTS; i++) {
            argumentAddresses.put(i, argumentValues.getPointer(i));
        }
    }

    static DriverDevice open(CudaOptions options, DeviceProperties properties) {
        Map<String, byte[]> binaries = KernelBinaries.of(options, properties);
        DriverDevice device = new DriverDevice(options, properties);
        try {
            device.enter();
            Driver.check(cudart.cuStreamCreate(device.stream, cudart.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
            binaries.forEach(device::load);
            return device;
        } catch (RuntimeException e) {
            try {
                device.close();
            } catch (RuntimeException whileClosing) {
                e.addSuppressed(whileClosing);
            }
            throw e;
        }
    }

    /** The driver keeps a current context per thread, and the thread may have used another GPU since. */
    private void enter() {
        if (closed) {
            throw new IllegalStateException("device is closed");
        }
        Driver.checkRelease(cudart.cuCtxSetCurrent(context), "cuCtxSetCurrent"); // a lost one shows at the next call
    }

    private void load(String file, byte[] binary) {
        CUmod_st module = new CUmod_st();
        try (BytePointer image = new BytePointer(binary.length + 1L)) {
            image.put(binary, 0, binary.length).put(binary.length, (byte) 0); // PTX is a string
            Driver.check(cudart.cuModuleLoadData(module, image), "cuModuleLoadData", "file", file);
        }
        modules.put(file, module);
    }

    @Override
    public DeviceProperties properties() {
        return properties;
    }

    @Override
    public long freeBytes() {
        enter();
        try (SizeTPointer free = new SizeTPointer(1);
                SizeTPointer total = new SizeTPointer(1)) {
            Driver.check(cudart.cuMemGetInfo(free, total), "cuMemGetInfo");
            return free.get();
        }
    }

    @Override
    public long allocate(long bytes) {
        enter();
        long[] address = new long[1];
        Driver.check(cudart.cuMemAlloc(address, bytes), "cuMemAlloc", "bytes", bytes);
        return address[0];
    }

    @Override
    public void free(long address) {
        enter();
        awaitBeforeRelease();
        Driver.checkRelease(cudart.cuMemFree(address), "cuMemFree");
    }

    private void awaitBeforeRelease() {
        Driver.checkRelease(cudart.cuStreamSynchronize(stream), "cuStreamSynchronize");
    }

    @Override
    public void clear(long address, long bytes) {
        enter();
        Driver.check(cudart.cuMemsetD8Async(address, (byte) 0, bytes, stream), "cuMemsetD8Async", "bytes", bytes);
    }

    @Override
    public void upload(ByteBuffer source, long address) {
        enter();
        long bytes = source.remaining();
        Driver.check(
                cudart.cuMemcpyHtoDAsync(address, pointer(source), bytes, stream), "cuMemcpyHtoDAsync", "bytes", bytes);
        finish(); // the source is the caller's again on return
    }

    @Override
    public void download(long address, ByteBuffer target) {
        enter();
        long bytes = target.remaining();
        Driver.check(
                cudart.cuMemcpyDtoHAsync(pointer(target), address, bytes, stream), "cuMemcpyDtoHAsync", "bytes", bytes);
        finish();
    }

    private static Pointer pointer(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("copies to and from a device need direct buffers");
        }
        return new BytePointer(buffer.slice());
    }

    @Override
    public void copy(long from, long to, long bytes) {
        enter();
        Driver.check(cudart.cuMemcpyDtoDAsync(to, from, bytes, stream), "cuMemcpyDtoDAsync", "bytes", bytes);
    }

    @Override
    public ByteBuffer hostBuffer(int bytes) {
        enter();
        Pointer memory = new Pointer();
        Driver.check(
                cudart.cuMemHostAlloc(memory, bytes, cudart.CU_MEMHOSTALLOC_PORTABLE),
                "cuMemHostAlloc",
                "bytes",
                bytes);
        hostBuffers.add(memory);
        return new BytePointer(memory).capacity(bytes).asBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void run(List<Launch> launches) {
        enter();
        launches.forEach(this::start);
    }

    private void start(Launch launch) {
        CUfunc_st function = prepare(launch);
        String kinds = launch.kinds();
        for (int i = 0; i < kinds.length(); i++) {
            argumentValues.put(i, launch.bits(i)); // little endian: narrower ones take the low bytes
        }
        if (overlap) {
            startEarly(launch, function);
        } else {
            startAfterPrevious(launch, function);
        }
    }

    /** Every kernel waits for the one in front of it where it has to: see {@code common.cuh}. */
    private void startEarly(Launch launch, CUfunc_st function) {
        overlapping.id(cudart.CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION);
        overlapping.value().programmaticStreamSerializationAllowed(1);
        overlappingLaunch
                .gridDimX(launch.grid(0))
                .gridDimY(launch.grid(1))
                .gridDimZ(launch.grid(2))
                .blockDimX(launch.threads())
                .blockDimY(1)
                .blockDimZ(1)
                .sharedMemBytes(launch.sharedBytes())
                .hStream(stream)
                .attrs(overlapping)
                .numAttrs(1);
        Driver.check(
                cudart.cuLaunchKernelEx(overlappingLaunch, function, argumentAddresses, null),
                "cuLaunchKernelEx",
                "kernel",
                launch);
    }

    private void startAfterPrevious(Launch launch, CUfunc_st function) {
        Driver.check(
                cudart.cuLaunchKernel(
                        function,
                        launch.grid(0),
                        launch.grid(1),
                        launch.grid(2),
                        launch.threads(),
                        1,
                        1,
                        launch.sharedBytes(),
                        stream,
                        argumentAddresses,
                        null),
                "cuLaunchKernel",
                "kernel",
                launch);
    }

    /** Finds the function and asks for its shared memory; nothing of this may happen first while a graph is captured. */
    private CUfunc_st prepare(Launch launch) {
        CUfunc_st function = functions.computeIfAbsent(launch.kernel(), kernel -> find(launch));
        allowShared(launch, function);
        return function;
    }

    private CUfunc_st find(Launch launch) {
        if (launch.kinds().length() > MAX_ARGUMENTS) {
            throw new IllegalArgumentException("too many arguments: kernel=" + launch);
        }
        CUmod_st module = modules.get(launch.file());
        if (module == null) {
            throw new IllegalArgumentException("no such kernel file: file=" + launch.file());
        }
        CUfunc_st function = new CUfunc_st();
        Driver.check(
                cudart.cuModuleGetFunction(function, module, launch.kernel()),
                "cuModuleGetFunction",
                "kernel",
                launch.kernel());
        return function;
    }

    /** More than 48 KiB of shared memory has to be asked for, kernel by kernel. */
    private void allowShared(Launch launch, CUfunc_st function) {
        int bytes = launch.sharedBytes();
        if (bytes <= PLAIN_SHARED_BYTES || bytes <= sharedLimits.getOrDefault(launch.kernel(), 0)) {
            return;
        }
        if (bytes > properties.sharedBytes()) {
            throw new DeviceException(Check.message(
                    "kernel needs more shared memory than the card has",
                    "kernel",
                    launch,
                    "bytes",
                    bytes,
                    "limit",
                    properties.sharedBytes()));
        }
        Driver.check(
                cudart.cuFuncSetAttribute(function, cudart.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes),
                "cuFuncSetAttribute",
                "kernel",
                launch);
        sharedLimits.put(launch.kernel(), bytes);
    }

    @Override
    public FrameGraph capture(String name, List<Launch> launches) {
        List<Launch> kept = List.copyOf(launches);
        return options.graphs() ? new Captured(name, kept) : new OneByOne(kept);
    }

    @Override
    public void finish() {
        enter();
        Driver.check(cudart.cuStreamSynchronize(stream), "cuStreamSynchronize");
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        enter();
        closed = true;
        for (Pointer memory : hostBuffers) {
            Driver.checkRelease(cudart.cuMemFreeHost(memory), "cuMemFreeHost");
        }
        for (CUmod_st module : modules.values()) {
            Driver.checkRelease(cudart.cuModuleUnload(module), "cuModuleUnload");
        }
        if (!stream.isNull()) {
            Driver.checkRelease(cudart.cuStreamDestroy(stream), "cuStreamDestroy");
        }
        argumentAddresses.close();
        argumentValues.close();
        overlappingLaunch.close();
        overlapping.close();
        Driver.release(options.device());
    }

    /** Launches recorded from the stream, started as one. */
    private final class Captured implements FrameGraph {

        private final String name;
        private final CUgraphExec_st executable = new CUgraphExec_st();
        private boolean open = true;

        Captured(String name, List<Launch> launches) {
            this.name = name;
            enter();
            launches.forEach(DriverDevice.this::prepare);
            CUgraph_st graph = new CUgraph_st();
            Driver.check(
                    cudart.cuStreamBeginCapture(stream, cudart.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
                    "cuStreamBeginCapture",
                    "graph",
                    name);
            try {
                launches.forEach(DriverDevice.this::start);
            } catch (RuntimeException e) {
                cudart.cuStreamEndCapture(stream, graph); // so that the stream can be used again
                throw e;
            }
            Driver.check(cudart.cuStreamEndCapture(stream, graph), "cuStreamEndCapture", "graph", name);
            try {
                Driver.check(cudart.cuGraphInstantiate(executable, graph, 0), "cuGraphInstantiate", "graph", name);
            } finally {
                Driver.check(cudart.cuGraphDestroy(graph), "cuGraphDestroy", "graph", name);
            }
        }

        @Override
        public void launch() {
            enter();
            Driver.check(cudart.cuGraphLaunch(executable, stream), "cuGraphLaunch", "graph", name);
        }

        @Override
        public void close() {
            if (open) {
                open = false;
                enter();
                awaitBeforeRelease();
                Driver.checkRelease(cudart.cuGraphExecDestroy(executable), "cuGraphExecDestroy", "graph", name);
            }
        }
    }

    /** The same without a graph, each launch waited for: slow, but a failure names its kernel. */
    private final class OneByOne implements FrameGraph {

        private final List<Launch> launches;

        OneByOne(List<Launch> launches) {
            this.launches = launches;
        }

        @Override
        public void launch() {
            enter();
            for (Launch launch : launches) {
                start(launch);
                Driver.check(cudart.cuStreamSynchronize(stream), "cuStreamSynchronize", "kernel", launch);
            }
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}
