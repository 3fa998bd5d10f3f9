package dev.lethe.unlearning.tensor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lethe.merge.InvalidInput;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/** Prepares the process before the first libtorch class loads. What the user's environment sets stays as it is. */
final class NativeRuntime {

    private static final int RTLD_LAZY = 0x1; // of dlfcn.h
    private static final int RTLD_GLOBAL = 0x100;
    private static final int M_TRIM_THRESHOLD = -1; // of glibc's malloc.h
    private static final int M_MMAP_THRESHOLD = -3;

    static {
        // libgomp reads the policy once, when it loads. OpenBLAS brings threads of its own, and two pools that both
        // spin make a step 4 to 12 times slower.
        setenvIfAbsent("OMP_WAIT_POLICY", "passive");
        // Every step makes and frees the same large tensors. Where glibc gives their memory back to the system in
        // between, page faults take a sixteenth of a step. These are the limits up to which it adapts by itself.
        malloptIfAbsent("MALLOC_MMAP_THRESHOLD_", M_MMAP_THRESHOLD, 32 << 20);
        malloptIfAbsent("MALLOC_TRIM_THRESHOLD_", M_TRIM_THRESHOLD, 64 << 20);
        // JavaCPP else refuses to allocate once the process has grown past a multiple of the Java heap.
        setIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        setIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
        if (Blas.ofProcess() == Blas.MKL) {
            mkl(Blas.library().orElseThrow());
        }
    }

    private NativeRuntime() {}

    /** Initialises this class, which does the work once. */
    static void prepare() {}

    /**
     * Loads MKL before libtorch and for all libraries to see, so that what libtorch asks of its BLAS is found in MKL first. It
     * follows the conventions of gfortran, as libtorch was built to, and shares libtorch's OpenMP threads. Its numbers must
     * not depend on where a tensor happens to lie in memory.
     */
    private static void mkl(Path library) {
        setenvIfAbsent("MKL_INTERFACE_LAYER", "GNU,LP64");
        setenvIfAbsent("MKL_THREADING_LAYER", "GNU");
        setenvIfAbsent("MKL_CBWR", "AUTO");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = (MemorySegment) call(
                            "dlopen",
                            FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT),
                            arena.allocateFrom(library.toString()),
                            RTLD_LAZY | RTLD_GLOBAL)
                    .orElse(MemorySegment.NULL);
            if (handle.address() == 0) {
                throw new InvalidInput(library + ": cannot be loaded");
            }
        }
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static void setenvIfAbsent(String name, String value) {
        if (System.getenv(name) == null) {
            try (Arena arena = Arena.ofConfined()) {
                call(
                        "setenv",
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT),
                        arena.allocateFrom(name),
                        arena.allocateFrom(value),
                        0);
            }
        }
    }

    private static void malloptIfAbsent(String name, int parameter, int value) {
        if (System.getenv(name) == null) {
            call("mallopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), parameter, value);
        }
    }

    /** What a function of the C library returns; empty where there is no such function. */
    private static Optional<Object> call(String function, FunctionDescriptor signature, Object... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup().find(function).map(address -> {
            try {
                return linker.downcallHandle(address, signature).invokeWithArguments(arguments);
            } catch (Throwable e) {
                throw new IllegalStateException(function, e);
            }
        });
    }
}
