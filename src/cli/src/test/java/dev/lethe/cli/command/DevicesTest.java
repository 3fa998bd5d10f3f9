package dev.lethe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.cli.Console;
import dev.lethe.unlearning.hardware.Gpu;
import dev.lethe.unlearning.hardware.Gpus;
import dev.lethe.unlearning.hardware.Processor;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DevicesTest {
    private static final long GIB = 1L << 30;
    private static final Processor XEON = new Processor(Processor.INTEL, "Intel Xeon", List.of("avx2", "avx512f"));

    @Test
    void gpusAreSaidWithWhatTheyCanDo() {
        var gpus = new Gpus(
                new Gpus.Driver("580.65.06", 13000),
                List.of(
                        new Gpu("NVIDIA A100", 80, 80 * GIB, OptionalLong.of(79 * GIB)),
                        new Gpu("NVIDIA A100 MIG 1g.10gb", 80, 10 * GIB, OptionalLong.empty())),
                null);
        assertThat(new Devices(XEON, 16, 64 * GIB, "MKL 2025.3, kernels avx512", "AVX512", 13010, gpus).text())
                .isEqualTo(
                        """
                        cpu     Intel Xeon, 16 threads, 64.0 GiB of memory
                                avx2 avx512f
                                products of matrices by MKL 2025.3, kernels avx512; the rest by libtorch's AVX512
                        driver  580.65.06 (CUDA 13.0)
                        gpu     NVIDIA A100, 80.0 GiB of memory (79.0 GiB free), compute capability 8.0, float16 int8 bfloat16
                        gpu     NVIDIA A100 MIG 1g.10gb, 10.0 GiB of memory, compute capability 8.0, float16 int8 bfloat16
                        """);
    }

    @Test
    void withoutAGpuTheReasonIsSaid() {
        assertThat(Console.printed("devices"))
                .contains("products of matrices by OpenBLAS", "gpu  none to compute on: this build has no CUDA");
    }
}
