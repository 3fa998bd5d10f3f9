package dev.lethe.unlearning.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.lora.Adapter;
import dev.lethe.unlearning.lora.LoraSettings;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A base that is expanded to compute is the base of the weights that its codes stand for. */
class QuantizedBaseTest {
    private static final Path MODEL = Fixtures.path("llama-tiny");
    private static final TokenBatch BATCH = new TokenBatch(new long[][] {{3, 4, 5, 6}, {1, 7, 8, 9}}, new int[] {0, 1});

    @ParameterizedTest
    @CsvSource({"BF16, F32", "INT8, F32", "NF4, F32", "INT8, BF16", "NF4, BF16"})
    void itComputesAndLearnsAsOneOfItsExpandedWeights(WeightFormat format, Dtype dtype) {
        try (BaseModel base = BaseModel.load(MODEL, dtype, Device.CPU, format);
                BaseModel expanded = expanded(base);
                Scope _ = new Scope()) {
            assertThat(new LanguageModel(base).forward(BATCH).toFloats())
                    .isEqualTo(new LanguageModel(expanded).forward(BATCH).toFloats());
            Map<String, float[]> gradients = gradients(base);
            gradients(expanded)
                    .forEach((name, expected) ->
                            assertThat(gradients.get(name)).as(name).isEqualTo(expected));
        }
    }

    @Test
    void whatIsHeldAsItIsComputedInExpandsNothing() {
        try (BaseModel base = BaseModel.load(MODEL, Dtype.BF16, Device.CPU, WeightFormat.BF16)) {
            assertThat(base.expands()).isFalse();
        }
        try (BaseModel base = BaseModel.load(MODEL, Dtype.F32, Device.CPU, WeightFormat.NF4)) {
            assertThat(base.expands()).isTrue();
            assertThat(base.weights().keySet())
                    .doesNotContainAnyElementsOf(base.config().linearWeights());
            assertThatThrownBy(base::trainableCopy).hasMessageContaining("found NF4");
        }
    }

    private static BaseModel expanded(BaseModel base) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        base.config()
                .weightShapes()
                .keySet()
                .forEach(name -> weights.put(
                        name,
                        (base.config().linearWeights().contains(name)
                                        ? base.linear(name, base.dtype())
                                        : base.weight(name).copy())
                                .owned()));
        return new BaseModel(base.config(), weights, Map.of(), WeightFormat.COMPUTED, null);
    }

    private static Map<String, float[]> gradients(BaseModel base) {
        try (Adapter adapter = Adapter.init(base.config(), new LoraSettings(4, 8, 0.3), 5, Device.CPU, "base")) {
            adapter.modules().values().forEach(factors -> factors.b().addInPlace(0.05));
            LanguageModel model = new LanguageModel(base, adapter.trainable().modules());
            TrainingPass pass = TrainingPass.of(model, BATCH, Dropout.ofPass(0.3, 1, 2), PassLimits.of(true));
            model.logProbs(pass.hidden().view(8, 32), new long[8]).mean().backward();
            pass.backward();
            Map<String, float[]> gradients = new TreeMap<>();
            adapter.parameters()
                    .forEach((name, parameter) ->
                            gradients.put(name, parameter.grad().orElseThrow().toFloats()));
            return gradients;
        }
    }
}
