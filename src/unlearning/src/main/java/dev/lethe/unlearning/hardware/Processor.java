package dev.lethe.unlearning.hardware;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The processor, as Linux describes it.
 *
 * @param maker as the processor says it, such as {@code GenuineIntel}; empty where it is not known
 * @param model its name; empty where it is not known
 * @param instructionSets those of its instruction sets that matter to products of matrices, as Linux names them
 */
public record Processor(String maker, String model, List<String> instructionSets) {
    /** The maker of the processors for which MKL has its fastest kernels. */
    public static final String INTEL = "GenuineIntel";

    private static final Path CPUINFO = Path.of("/proc/cpuinfo");
    private static final List<String> OF_INTEREST =
            List.of("avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8");

    /** That of this machine. */
    public static Processor here() {
        try (Stream<String> lines = Files.lines(CPUINFO)) {
            return of(lines);
        } catch (IOException e) { // another system than Linux, or a sandbox
            return of(Stream.empty());
        }
    }

    /** @param cpuinfo the lines of {@code /proc/cpuinfo}, of which the first processor's are read */
    static Processor of(Stream<String> cpuinfo) {
        Map<String, String> first = new HashMap<>();
        cpuinfo.takeWhile(line -> !line.isBlank()).forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                first.put(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
        });
        Set<String> flags = Set.of(first.getOrDefault("flags", "").split(" +"));
        return new Processor(
                first.getOrDefault("vendor_id", ""),
                first.getOrDefault("model name", ""),
                OF_INTEREST.stream().filter(flags::contains).toList());
    }
}
