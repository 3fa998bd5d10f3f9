package dev.lethe.unlearning.tensor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.global.torch;

/** The libtorch of this process: what it was built with, and what it runs on the processor. */
public final class Libtorch {
    private static final int TEXT_LENGTH = 256;
    private static final long WIDTH = 256; // enough that every library takes its best kernels
    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+(\\.\\d+)?");
    private static final Pattern MKL_KERNELS = Pattern.compile("libmkl_(def|mc3|avx2|avx512)\\.so");

    static {
        NativeRuntime.prepare();
        Loader.load(torch.class);
    }

    private Libtorch() {}

    /** The CUDA that it was built with, 1000 times the major version and 10 times the minor one; 0 where it has none. */
    public static int cuda() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(JAVA_INT);
            return call("cudaRuntimeGetVersion", JAVA_INT, version).isPresent() ? version.get(JAVA_INT, 0) : 0;
        }
    }

    /** The instruction set of libtorch's own CPU kernels, such as {@code AVX512}. */
    public static String cpuCapability() {
        return torch.get_cpu_capability().getString();
    }

    /** The library that multiplied two matrices of float32 just now, its version, and the kernels that it took for that. */
    public static String blas() {
        Scope.run(() -> {
            Tensor square = Tensor.zeros(Dtype.F32, Device.CPU, WIDTH, WIDTH);
            square.matmul(square);
        });
        return Blas.ofProcess() == Blas.MKL ? mkl() : openblas();
    }

    private static String openblas() {
        String version = call("openblas_get_config", ADDRESS)
                .map(Libtorch::text)
                .map(Libtorch::version)
                .orElse("");
        String kernels =
                call("openblas_get_corename", ADDRESS).map(Libtorch::text).orElse("unknown");
        String said = System.getenv("OPENBLAS_CORETYPE") == null ? "" : " (as OPENBLAS_CORETYPE says)";
        return "OpenBLAS %s, kernels %s%s".formatted(version, kernels, said);
    }

    /** MKL has a library for each kind of processor and loads that of this one. */
    private static String mkl() {
        try (Arena arena = Arena.ofConfined();
                Stream<String> mapped = Files.lines(Path.of("/proc/self/maps"))) {
            MemorySegment text = arena.allocate(TEXT_LENGTH + 1); // MKL fills it with blanks and ends it by nothing
            call("mkl_get_version_string", JAVA_INT, text, TEXT_LENGTH);
            String kernels = mapped.flatMap(line -> MKL_KERNELS.matcher(line).results())
                    .map(found -> found.group(1))
                    .findFirst()
                    .orElse("unknown");
            return "MKL %s, kernels %s".formatted(version(text.getString(0)), kernels);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String version(String text) {
        return VERSION.matcher(text)
                .results()
                .map(found -> found.group())
                .findFirst()
                .orElse("");
    }

    private static String text(Object pointer) {
        return ((MemorySegment) pointer).reinterpret(TEXT_LENGTH).getString(0);
    }

    /** What a function of the libraries that are loaded returns; empty where none of them has it. */
    private static Optional<Object> call(String function, MemoryLayout returns, Object... arguments) {
        Pointer address = Loader.addressof(function);
        if (address == null) {
            return Optional.empty();
        }
        MemoryLayout[] parameters = Arrays.stream(arguments)
                .map(argument -> argument instanceof Integer ? JAVA_INT : ADDRESS)
                .toArray(MemoryLayout[]::new);
        try {
            return Optional.of(Linker.nativeLinker()
                    .downcallHandle(
                            MemorySegment.ofAddress(address.address()), FunctionDescriptor.of(returns, parameters))
                    .invokeWithArguments(arguments));
        } catch (Throwable e) {
            throw new IllegalStateException(function, e);
        }
    }
}
