package dev.lethe.unlearning.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.merge.InvalidInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlasTest {
    @ParameterizedTest
    @CsvSource({
        ", GenuineIntel, true, MKL",
        "auto, GenuineIntel, true, MKL",
        "auto, GenuineIntel, false, OPENBLAS",
        "auto, AuthenticAMD, true, OPENBLAS",
        "openblas, GenuineIntel, true, OPENBLAS",
        "mkl, AuthenticAMD, true, MKL",
    })
    void theChoiceDecidesAndElseTheProcessorsMaker(String choice, String maker, boolean mkl, Blas expected) {
        assertThat(Blas.choose(choice, maker, mkl)).isEqualTo(expected);
    }

    @Test
    void whatIsNotThereIsRefused() {
        assertThatThrownBy(() -> Blas.choose("atlas", "", true))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("environment: LETHE_BLAS: found atlas, expected auto, openblas or mkl");
        assertThatThrownBy(() -> Blas.choose("mkl", "", false))
                .hasMessage(
                        "environment: LETHE_BLAS: found mkl, expected auto or openblas: MKL is not here (make mkl, make image BLAS=mkl)");
    }

    /** The kernels that are said to run are those of a library that is loaded. */
    @Test
    void theLibraryNamesItsKernels() {
        assertThat(Libtorch.blas()).matches("(OpenBLAS|MKL) \\d+\\.\\d+(\\.\\d+)?, kernels (?!unknown)\\w+.*");
    }
}
