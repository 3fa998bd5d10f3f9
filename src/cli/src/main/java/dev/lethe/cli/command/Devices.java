package dev.lethe.cli.command;

import dev.lethe.unlearning.hardware.Gpu;
import dev.lethe.unlearning.hardware.Gpus;
import dev.lethe.unlearning.hardware.Processor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What there is to compute with.
 *
 * @param processor the CPU
 * @param threads that an operation uses on it
 * @param memory bytes that this process may have
 * @param blas the library for products of matrices, with its kernels
 * @param capability the instruction set of libtorch's own kernels
 * @param cuda the CUDA of this libtorch, in the form of {@link Gpus.Driver#cuda}; 0 for none
 * @param gpus that are visible
 */
record Devices(Processor processor, int threads, long memory, String blas, String capability, int cuda, Gpus gpus) {
    private static final double GIB = 1L << 30;

    String text() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "cpu",
                "%s, %s, %s of memory"
                        .formatted(
                                processor.model().isEmpty() ? "unknown" : processor.model(),
                                threads == 1 ? "1 thread" : threads + " threads",
                                gib(memory))));
        rows.add(List.of("", String.join(" ", processor.instructionSets())));
        rows.add(List.of("", "products of matrices by %s; the rest by libtorch's %s".formatted(blas, capability)));
        if (gpus.driver() != null) {
            rows.add(List.of("driver", gpus.driver().text()));
        }
        for (Gpu gpu : gpus.found()) {
            rows.add(List.of(
                    "gpu",
                    "%s, %s of memory%s, compute capability %s, %s"
                            .formatted(
                                    gpu.name(),
                                    gib(gpu.memory()),
                                    gpu.free().isPresent()
                                            ? " (%s free)"
                                                    .formatted(gib(gpu.free().getAsLong()))
                                            : "",
                                    gpu.capabilityText(),
                                    String.join(" ", gpu.dtypes()))));
        }
        gpus.obstacle(cuda).ifPresent(why -> rows.add(List.of("gpu", "none to compute on: " + why)));
        return TextTable.of(rows);
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / GIB);
    }
}
