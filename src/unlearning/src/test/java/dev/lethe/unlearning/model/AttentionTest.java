package dev.lethe.unlearning.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.unlearning.tensor.Functional;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AttentionTest {

    /** What a GPU is given where none of its kernels takes groups. */
    @Test
    void repeatedKeysAndValuesStandForGroups() {
        Tensor q = normal(2, 6, 5, 8);
        Tensor k = normal(2, 3, 5, 8);
        Tensor v = normal(2, 3, 5, 8);
        Tensor grouped = Functional.attention(q, k, v, null, true);
        Tensor repeated = Functional.attention(q, Attention.repeated(k, 2), Attention.repeated(v, 2), null, true);
        assertThat(LanguageModelTest.maxDifference(repeated, grouped)).isLessThan(1e-6);
    }

    private static Tensor normal(long... shape) {
        Random random = new Random(shape[1]);
        float[] values = new float[(int) (shape[0] * shape[1] * shape[2] * shape[3])];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, shape);
    }
}
