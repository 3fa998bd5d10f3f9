package dev.lethe.unlearning.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProcessorTest {
    @Test
    void theFirstProcessorOfCpuinfoIsThatOfTheMachine() {
        var lines =
                """
                processor\t: 0
                vendor_id\t: GenuineIntel
                model name\t: Intel(R) Xeon(R) Platinum 8488C
                flags\t\t: fpu sse2 fma avx2 avx512f avx512_bf16 amx_bf16 amx_tile

                processor\t: 1
                vendor_id\t: another
                """;
        assertThat(Processor.of(lines.lines()))
                .isEqualTo(new Processor(
                        Processor.INTEL,
                        "Intel(R) Xeon(R) Platinum 8488C",
                        List.of("avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16")));
        assertThat(Processor.of(Stream.empty())).isEqualTo(new Processor("", "", List.of()));
    }
}
