package dev.lethe.unlearning.hardware;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GpusTest {
    private static final long GIB = 1L << 30;

    /** CUDA's functions as {@code cuda.h} declares them, answered by a machine with one H100. */
    @SuppressWarnings("unused") // called by the driver's own names
    private static final class Driver {
        static int cuDriverGetVersion(MemorySegment version) {
            return put(version, 13000);
        }

        static int cuInit(int flags) {
            return 0;
        }

        static int cuDeviceGetCount(MemorySegment count) {
            return put(count, 1);
        }

        static int cuDeviceGet(MemorySegment device, int ordinal) {
            return put(device, ordinal);
        }

        static int cuDeviceGetName(MemorySegment name, int length, int device) {
            name.reinterpret(length).setString(0, "NVIDIA H100 80GB HBM3");
            return 0;
        }

        static int cuDeviceTotalMem_v2(MemorySegment bytes, int device) {
            return put(bytes, 80 * GIB);
        }

        static int cuDeviceGetAttribute(MemorySegment value, int attribute, int device) {
            return put(value, attribute == 75 ? 9 : 0);
        }

        static int cuDevicePrimaryCtxRetain(MemorySegment context, int device) {
            context.reinterpret(ADDRESS.byteSize()).set(ADDRESS, 0, MemorySegment.ofAddress(4711));
            return 0;
        }

        static int cuCtxPushCurrent_v2(MemorySegment context) {
            return context.address() == 4711 ? 0 : 201;
        }

        static int cuMemGetInfo_v2(MemorySegment free, MemorySegment total) {
            return put(free, 79 * GIB) + put(total, 80 * GIB);
        }

        static int cuCtxPopCurrent_v2(MemorySegment context) {
            return 0;
        }

        static int cuDevicePrimaryCtxRelease_v2(int device) {
            return 0;
        }

        private static int put(MemorySegment pointer, int value) {
            pointer.reinterpret(JAVA_INT.byteSize()).set(JAVA_INT, 0, value);
            return 0;
        }

        private static int put(MemorySegment pointer, long value) {
            pointer.reinterpret(JAVA_LONG.byteSize()).set(JAVA_LONG, 0, value);
            return 0;
        }
    }

    /** On a machine whose GPU was taken out. */
    @SuppressWarnings("unused")
    private static final class WithoutGpu {
        static int cuInit(int flags) {
            return 100;
        }

        static int cuGetErrorName(int error, MemorySegment name) {
            name.reinterpret(ADDRESS.byteSize()).set(ADDRESS, 0, Arena.global().allocateFrom("CUDA_ERROR_NO_DEVICE"));
            return 0;
        }
    }

    /** A function as C calls it: of the first of these classes that has it. */
    private static Optional<MemorySegment> function(Arena arena, String name, Class<?>... classes) {
        Predicate<java.lang.reflect.Method> named = it -> it.getName().equals(name);
        return Arrays.stream(classes)
                .flatMap(it -> Arrays.stream(it.getDeclaredMethods()))
                .filter(named)
                .findFirst()
                .map(method -> {
                    try {
                        MethodHandle handle = MethodHandles.lookup().unreflect(method);
                        var parameters = Arrays.stream(method.getParameterTypes())
                                .map(it -> it == int.class ? JAVA_INT : ADDRESS)
                                .toArray(java.lang.foreign.MemoryLayout[]::new);
                        return Linker.nativeLinker()
                                .upcallStub(handle, FunctionDescriptor.of(JAVA_INT, parameters), arena);
                    } catch (IllegalAccessException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    @Test
    void theDriverIsAskedWhatItShows() {
        var h100 = new Gpu("NVIDIA H100 80GB HBM3", 90, 80 * GIB, OptionalLong.of(79 * GIB));
        try (Arena arena = Arena.ofConfined()) {
            Gpus gpus = CudaDriver.gpus(it -> function(arena, it, Driver.class), "580.65.06", true);
            assertThat(gpus).isEqualTo(new Gpus(new Gpus.Driver("580.65.06", 13000), List.of(h100), null));
            assertThat(CudaDriver.gpus(it -> function(arena, it, WithoutGpu.class, Driver.class), "", false)
                            .obstacle(13010))
                    .hasValue("no GPU is visible: the NVIDIA driver for CUDA 13.0 says: CUDA_ERROR_NO_DEVICE");
        }
    }

    /** Found is a list of compute capabilities; the driver is that for a version of CUDA, where there is one. */
    @ParameterizedTest
    @CsvSource({
        "0, 13000, 90, 'this build has no CUDA, which the image lethe-worker-cuda has'",
        "13010, , , 'no GPU is visible, nor an NVIDIA driver (libcuda.so.1)'",
        "13010, 12040, 90, 'the NVIDIA driver is too old: found 550.54 (CUDA 12.4), expected one for CUDA 13'",
        "13010, 13000, , 'no GPU is visible, and the NVIDIA driver is 550.54 (CUDA 13.0)'",
        "13010, 13000, 70, 'some GPU is too old: found compute capability 7.0, expected 7.5 or higher'",
        "13010, 13000, 70 75,",
        "13010, 14020, 120,",
    })
    void whatKeepsLibtorchFromAGpuIsSaidInOneLine(int built, Integer driver, String found, String obstacle) {
        var gpus = new Gpus(
                driver == null ? null : new Gpus.Driver("550.54", driver),
                Arrays.stream(found == null ? new String[0] : found.split(" "))
                        .map(it -> new Gpu("some GPU", Integer.parseInt(it), GIB, OptionalLong.empty()))
                        .toList(),
                null);
        assertThat(gpus.obstacle(built)).isEqualTo(Optional.ofNullable(obstacle));
        assertThat(gpus.tooOld(built)).isEqualTo(obstacle != null && obstacle.contains("driver is too old"));
    }

    @ParameterizedTest
    @CsvSource({
        "75, 'float16 int8'",
        "80, 'float16 int8 bfloat16'",
        "89, 'float16 int8 bfloat16 float8'",
        "120, 'float16 int8 bfloat16 float8 float4'",
    })
    void aGpusTypesFollowItsCapability(int capability, String dtypes) {
        assertThat(String.join(" ", new Gpu("", capability, GIB, OptionalLong.empty()).dtypes()))
                .isEqualTo(dtypes);
    }
}
