package dev.lethe.unlearning.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The name of the kernels that OpenBLAS has to be told of. It picks them by the processor's family; up to version 0.3.31
 * it does not know that of AMD's Zen 5 and takes AVX2 kernels there (OpenBLAS issue 6029), which takes a training step
 * half as long again.
 */
final class OpenBlasCore {

    private static final int ZEN_5 = 26;
    private static final Set<String> AVX_512 = Set.of("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl");

    private OpenBlasCore() {}

    /**
     * What {@code OPENBLAS_CORETYPE} should be.
     *
     * @param cpuInfo the lines of Linux's {@code /proc/cpuinfo}
     * @return empty where OpenBLAS finds the best by itself
     */
    static Optional<String> of(List<String> cpuInfo) {
        Map<String, String> first = cpuInfo.stream()
                .takeWhile(line -> !line.isBlank())
                .map(line -> line.split(":", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> pair[0].strip(), pair -> pair[1].strip(), (a, _) -> a));
        Function<String, String> field = name -> first.getOrDefault(name, "");
        Set<String> flags = Set.copyOf(Arrays.asList(field.apply("flags").split(" ")));
        boolean unknown = field.apply("vendor_id").equals("AuthenticAMD")
                && field.apply("cpu family").matches("\\d{1,9}")
                && Integer.parseInt(field.apply("cpu family")) >= ZEN_5;
        if (!unknown || !flags.containsAll(AVX_512)) {
            return Optional.empty();
        }
        return Optional.of(flags.contains("avx512_bf16") ? "Cooperlake" : "SkylakeX");
    }
}
