package dev.lethe.unlearning.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenBlasCoreTest {

    private static final String AVX_512 = "fpu avx2 avx512f avx512dq avx512cd avx512bw avx512vl";

    @ParameterizedTest
    @CsvSource({
        "AuthenticAMD, 26, 512, Cooperlake",
        "AuthenticAMD, 26, 512 without bf16, SkylakeX",
        "AuthenticAMD, 26, none,", // hidden by a virtual machine
        "AuthenticAMD, 25, 512,", // Zen 4, which OpenBLAS knows
        "AuthenticAMD, ?, 512,",
        "GenuineIntel, 26, 512,",
    })
    void onlyAProcessorThatOpenBlasDoesNotKnowIsNamed(String vendor, String family, String vectors, String expected) {
        String flags =
                switch (vectors) {
                    case "512" -> AVX_512 + " avx512_bf16";
                    case "none" -> "fpu avx2";
                    default -> AVX_512;
                };
        List<String> cpuInfo = List.of(
                "processor\t: 0",
                "vendor_id\t: " + vendor,
                "cpu family\t: " + family,
                "power management:",
                "flags\t\t: " + flags,
                "",
                "vendor_id\t: GenuineIntel");
        assertThat(OpenBlasCore.of(cpuInfo).orElse(null)).isEqualTo(expected);
        assertThat(OpenBlasCore.of(List.of())).isEmpty();
    }
}
