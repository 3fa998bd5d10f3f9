package dev.lethe.unlearning.hardware;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Questions to NVIDIA's driver by its own interface (CUDA Driver API), which is there wherever the driver is. */
final class CudaDriver {
    private static final String LIBRARY = "libcuda.so.1";
    private static final Path RELEASE = Path.of("/proc/driver/nvidia/version");
    private static final Pattern RELEASE_NUMBER = Pattern.compile("\\b\\d{3,4}\\.\\d+(\\.\\d+)?\\b");

    private static final int SUCCESS = 0; // these of cuda.h
    private static final int CAPABILITY_MAJOR = 75;
    private static final int CAPABILITY_MINOR = 76;
    private static final int NAME_LENGTH = 256;

    private final SymbolLookup library;
    private final boolean withFree;
    private final Arena arena;

    private CudaDriver(SymbolLookup library, boolean withFree, Arena arena) {
        this.library = library;
        this.withFree = withFree;
        this.arena = arena;
    }

    /** @param withFree whether to ask how much memory is free, for which each device is taken into use */
    static Gpus gpus(boolean withFree) {
        SymbolLookup library;
        try {
            library = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
        } catch (IllegalArgumentException noSuchLibrary) {
            return Gpus.NONE;
        }
        return gpus(library, release(), withFree);
    }

    /**
     * @param library the driver's functions
     * @param release the driver's version
     */
    static Gpus gpus(SymbolLookup library, String release, boolean withFree) {
        try (Arena arena = Arena.ofConfined()) {
            return new CudaDriver(library, withFree, arena).ask(release);
        }
    }

    /** The kernel module's version: the library's own interface tells only the version of CUDA. */
    private static String release() {
        try {
            Matcher number = RELEASE_NUMBER.matcher(Files.readString(RELEASE));
            return number.find() ? number.group() : "";
        } catch (IOException noModule) {
            return "";
        }
    }

    private Gpus ask(String release) {
        MemorySegment number = arena.allocate(JAVA_INT);
        call("cuDriverGetVersion", number);
        Gpus.Driver driver = new Gpus.Driver(release, number.get(JAVA_INT, 0));
        int begun = call("cuInit", 0);
        if (begun != SUCCESS) {
            return new Gpus(driver, List.of(), error(begun));
        }
        int counted = call("cuDeviceGetCount", number);
        if (counted != SUCCESS) {
            return new Gpus(driver, List.of(), error(counted));
        }
        int count = number.get(JAVA_INT, 0);
        List<Gpu> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            call("cuDeviceGet", number, i);
            found.add(gpu(number.get(JAVA_INT, 0)));
        }
        return new Gpus(driver, found, null);
    }

    private Gpu gpu(int device) {
        MemorySegment name = arena.allocate(NAME_LENGTH);
        call("cuDeviceGetName", name, NAME_LENGTH, device);
        MemorySegment bytes = arena.allocate(JAVA_LONG);
        call("cuDeviceTotalMem_v2", bytes, device);
        int capability = attribute(CAPABILITY_MAJOR, device) * 10 + attribute(CAPABILITY_MINOR, device);
        return new Gpu(
                name.getString(0), capability, bytes.get(JAVA_LONG, 0), withFree ? free(device) : OptionalLong.empty());
    }

    private int attribute(int attribute, int device) {
        MemorySegment value = arena.allocate(JAVA_INT);
        call("cuDeviceGetAttribute", value, attribute, device);
        return value.get(JAVA_INT, 0);
    }

    /** Only a context of the device, which takes some memory itself, tells what is free. */
    private OptionalLong free(int device) {
        MemorySegment context = arena.allocate(ADDRESS);
        if (call("cuDevicePrimaryCtxRetain", context, device) != SUCCESS) {
            return OptionalLong.empty();
        }
        MemorySegment free = arena.allocate(JAVA_LONG);
        MemorySegment total = arena.allocate(JAVA_LONG);
        boolean told = call("cuCtxPushCurrent_v2", context.get(ADDRESS, 0)) == SUCCESS;
        if (told) {
            told = call("cuMemGetInfo_v2", free, total) == SUCCESS;
            call("cuCtxPopCurrent_v2", context);
        }
        call("cuDevicePrimaryCtxRelease_v2", device);
        return told ? OptionalLong.of(free.get(JAVA_LONG, 0)) : OptionalLong.empty();
    }

    /** The driver's name of an error, such as {@code CUDA_ERROR_NO_DEVICE}. */
    private String error(int code) {
        MemorySegment text = arena.allocate(ADDRESS);
        return call("cuGetErrorName", code, text) == SUCCESS
                ? text.get(ADDRESS, 0).reinterpret(NAME_LENGTH).getString(0)
                : "error " + code;
    }

    /** Calls a function that gives an error's number. Its parameters are whole numbers of 32 bits and pointers. */
    private int call(String function, Object... arguments) {
        MemorySegment address =
                library.find(function).orElseThrow(() -> new IllegalStateException(LIBRARY + " has no " + function));
        MemoryLayout[] parameters = Arrays.stream(arguments)
                .map(argument -> argument instanceof Integer ? JAVA_INT : ADDRESS)
                .toArray(MemoryLayout[]::new);
        try {
            return (int) Linker.nativeLinker()
                    .downcallHandle(address, FunctionDescriptor.of(JAVA_INT, parameters))
                    .invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(function, e);
        }
    }
}
