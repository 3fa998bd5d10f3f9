package dev.lethe.unlearning.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class QuantizationTest {

    @Test
    void aChannelKeepsItsLargestWeightAndRoundsTheOthersToItsSteps() {
        float[] weights = {12.7f, -0.26f, 0.04f, 0, 0, 0};
        assertThat(roundTrip(Quantization.INT8, weights, 3))
                .containsExactly(new float[] {12.7f, -0.3f, 0, 0, 0, 0}, within(1e-6f));
        assertThat(roundTrip(Quantization.INT4, new float[] {-7, 3.4f, 3.6f}, 3))
                .containsExactly(-7, 3, 4);
    }

    @Property(tries = 50)
    void noWeightMovesByMoreThanHalfAStepOfItsGroup(
            @ForAll Quantization precision, @ForAll @IntRange(min = 1, max = 200) int in, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] weights = new float[3 * in];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        float[] rounded = roundTrip(precision, weights, in);
        int group = precision == Quantization.INT8 ? in : 64;
        for (int i = 0; i < weights.length; i++) {
            int first = i / in * in + i % in / group * group;
            float[] neighbours = Arrays.copyOfRange(weights, first, Math.min(first + group, (i / in + 1) * in));
            double largest = 0;
            for (float it : neighbours) {
                largest = Math.max(largest, Math.abs(it));
            }
            double step = largest / (precision == Quantization.INT8 ? 127 : 7);
            assertThat(Math.abs(rounded[i] - weights[i])).isLessThanOrEqualTo((float) (step * 0.5001));
            assertThat(rounded[i] / step).isCloseTo(Math.rint(rounded[i] / step), within(1e-3));
        }
    }

    @Test
    void linearWeightsAreRoundedWithTheirUpdatesAndNoOthersAre() {
        try (BaseModel base = BaseModel.load(Fixtures.path("olmo-tiny"), Dtype.F32, Device.CPU);
                Scope _ = new Scope()) {
            String module = "model.layers.0.mlp.up_proj";
            LoraFactors update = new LoraFactors(
                    Tensor.full(0.1, Dtype.F32, Device.CPU, 1, 32), Tensor.full(1, Dtype.F32, Device.CPU, 64, 1), 2);
            try (BaseModel rounded = base.quantized(Quantization.INT4, Map.of(module, update));
                    BaseModel folded = base.folded(Map.of(module, update))) {
                base.weights().forEach((name, weight) -> {
                    Tensor expected = base.config().linearModules().containsKey(name.replace(".weight", ""))
                            ? Quantization.INT4.roundTrip(folded.weight(name))
                            : weight;
                    assertThat(rounded.weight(name).toFloats()).as(name).isEqualTo(expected.toFloats());
                });
            }
        }
    }

    private static float[] roundTrip(Quantization precision, float[] weights, int in) {
        try (Scope _ = new Scope()) {
            return precision
                    .roundTrip(Tensor.of(weights, weights.length / in, in))
                    .toFloats();
        }
    }
}
