package dev.lethe.unlearning.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NpoReductionTest {
    /** Golden values of the published loss at β = 0.1 and its derivative by the difference of the mean token losses. */
    @ParameterizedTest
    @CsvSource({"0, 13.862944, -1", "2, 11.962777, -0.900332", "-2, 15.962777, -1.099668", "20, 2.538560, -0.238406"})
    void goldenValues(float difference, double value, double gradient) {
        for (NpoReduction reduction : NpoReduction.values()) {
            try (Scope _ = new Scope()) {
                Tensor logProbs = Tensor.of(new float[] {-1 - difference}, 1).requiresGrad(true);
                Tensor loss = reduction.loss(logProbs, Tensor.of(new float[] {-1}, 1), new int[] {0}, 0.1);
                loss.backward();
                assertThat(loss.item()).isCloseTo(value, within(2e-6));
                assertThat(logProbs.grad().orElseThrow().item()).isCloseTo(-gradient, within(1e-6));
            }
        }
    }

    @Test
    void reductionsGatherDifferently() {
        try (Scope _ = new Scope()) {
            Tensor logProbs = Tensor.of(new float[] {-3, -2, -7}, 3); // differences to the reference: 2, 1, 6
            Tensor reference = Tensor.of(new float[] {-1, -1, -1}, 3);
            int[] rows = {0, 0, 1};
            assertThat(NpoReduction.BATCH_TOKEN_MEAN
                            .loss(logProbs, reference, rows, 0.5)
                            .item())
                    .isCloseTo(cost(3), within(1e-5));
            assertThat(NpoReduction.SEQ_MEAN
                            .loss(logProbs, reference, rows, 0.5)
                            .item())
                    .isCloseTo((cost(1.5) + cost(6)) / 2, within(1e-5));
            assertThat(NpoReduction.SEQ_SUM.loss(logProbs, reference, rows, 0.5).item())
                    .isCloseTo((cost(3) + cost(6)) / 2, within(1e-5));
            assertThat(NpoReduction.PER_TOKEN
                            .loss(logProbs, reference, rows, 0.5)
                            .item())
                    .isCloseTo((cost(2) + cost(1) + cost(6)) / 3, within(1e-5));
        }
    }

    private static double cost(double difference) {
        return 4 * Math.log1p(Math.exp(-0.5 * difference));
    }
}
