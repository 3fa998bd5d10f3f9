package dev.lethe.unlearning.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.catalog.Catalog;
import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LanguageModelTest {

    @Test
    void everyFamilyHasAClassAndEveryClassAFamily() {
        assertThat(Architectures.ALL.stream().map(Architecture::descriptor).toList())
                .containsExactlyInAnyOrderElementsOf(Catalog.FAMILIES.all());
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-tiny", "llama-tiny-untied", "olmo-tiny"})
    void logitsAreThoseOfTransformersAlsoInPaddedRows(String name) {
        Map<String, Tensor> expected = Fixtures.tensors(name + "/expected.safetensors");
        try (BaseModel base = BaseModel.load(Fixtures.path(name), Dtype.F32, Device.CPU)) {
            Tensor logits = new LanguageModel(base).forward(batch(expected));
            assertThat(maxDifference(logits, expected.get("logits"))).isLessThan(1e-4);
        }
    }

    @Test
    void twoUpdatesOfAModuleAddUp() {
        String module = "model.layers.1.self_attn.q_proj";
        try (BaseModel base = BaseModel.load(Fixtures.path("olmo-tiny"), Dtype.F32, Device.CPU);
                Scope _ = new Scope()) {
            LoraFactors one = new LoraFactors(random(3, 32, 1), random(32, 3, 2), 0.5);
            LoraFactors other = new LoraFactors(random(2, 32, 3), random(32, 2, 4), 2);
            try (BaseModel first = base.folded(Map.of(module, one));
                    BaseModel expected = first.folded(Map.of(module, other));
                    BaseModel sum = base.folded(Map.of(module, one.plus(other)))) {
                String weight = module + ".weight";
                assertThat(maxDifference(sum.weight(weight), expected.weight(weight)))
                        .isLessThan(1e-5);
            }
        }
    }

    private static Tensor random(int rows, int columns, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, rows, columns);
    }

    static TokenBatch batch(Map<String, Tensor> expected) {
        long[] ids = expected.get("input_ids").toLongs();
        long[] mask = expected.get("attention_mask").toLongs();
        int length = (int) expected.get("input_ids").size(1);
        long[][] rows = new long[ids.length / length][length];
        int[] padding = new int[rows.length];
        for (int i = 0; i < ids.length; i++) {
            rows[i / length][i % length] = ids[i];
            padding[i / length] += 1 - (int) mask[i];
        }
        return new TokenBatch(rows, padding);
    }

    static double maxDifference(Tensor a, Tensor b) {
        float[] x = a.toFloats();
        float[] y = b.toFloats();
        assertThat(x).hasSameSizeAs(y);
        double worst = 0;
        for (int i = 0; i < x.length; i++) {
            worst = Math.max(worst, Math.abs(x[i] - y[i]));
        }
        return worst;
    }
}
