package dev.lethe.unlearning.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AdamWTest {

    /** As on a GPU: parameters as views of one tensor, clipped without a look at the norm. */
    @Test
    void parametersThatAreChangedTogetherEndWhereTheyEndAlone() {
        try (Scope _ = new Scope()) {
            SortedMap<String, Tensor> alone = parameters();
            SortedMap<String, Tensor> together = parameters();
            AdamW one = new AdamW(alone, 0.1, false);
            AdamW other = new AdamW(together, 0.1, true);
            for (int step = 0; step < 3; step++) {
                double maxNorm = new double[] {0, 0.5, 100}[step];
                descend(alone, one, maxNorm);
                descend(together, other, maxNorm);
            }
            alone.forEach((name, it) ->
                    assertThat(together.get(name).toFloats()).as(name).containsExactly(it.toFloats(), within(1e-6f)));
            assertThat(other.moments().keySet()).isEqualTo(one.moments().keySet());
            one.moments()
                    .forEach((name, it) -> assertThat(other.moments().get(name).toFloats())
                            .as(name)
                            .containsExactly(it.toFloats(), within(1e-6f)));
        }
    }

    private static void descend(Map<String, Tensor> parameters, AdamW optimizer, double maxNorm) {
        parameters
                .values()
                .forEach(it -> it.square().sum().mul((double) it.count()).backward());
        optimizer.step(1e-2, maxNorm);
    }

    private static SortedMap<String, Tensor> parameters() {
        return new TreeMap<>(Map.of(
                "a", Tensor.of(new float[] {1, -2, 3, 4, 5, -6}, 2, 3).requiresGrad(true),
                "b", Tensor.of(new float[] {0.5f, 7}, 2).requiresGrad(true),
                "c", Tensor.of(new float[] {-1, 8}, 2, 1).requiresGrad(true)));
    }
}
