package dev.lethe.unlearning.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.lora.Adapter;
import dev.lethe.unlearning.lora.LoraSettings;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.Dropout;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.PassLimits;
import dev.lethe.unlearning.model.TokenBatch;
import dev.lethe.unlearning.model.TrainingPass;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class ScopeTest {

    @Test
    void whatIsKeptOutlivesItsScopeAndTheRestDoesNot() {
        try (Scope _ = new Scope()) {
            Tensor[] lost = new Tensor[1];
            Tensor kept = Scope.of(() -> {
                lost[0] = Tensor.of(new float[] {1, 2}, 2);
                return lost[0].add(1);
            });
            assertThat(kept.toFloats()).containsExactly(2, 3);
            assertThatThrownBy(() -> lost[0].toFloats()).isInstanceOf(NullPointerException.class);
            assertThat(Scope.of(() -> kept).toFloats()).containsExactly(2, 3); // one that is not its own
            assertThat(kept.toFloats()).containsExactly(2, 3);
        }
    }

    @Test
    void stepsLeaveNoNativeObjectsBehind() {
        try (BaseModel base = BaseModel.load(Fixtures.path("llama-tiny"), Dtype.F32, Device.CPU);
                Adapter adapter = Adapter.init(base.config(), new LoraSettings(2, 2, 0.1), 1, Device.CPU, "base")
                        .trainable()) {
            LanguageModel model = new LanguageModel(base, adapter.modules());
            step(model, adapter, 0);
            long before = Pointer.totalCount();
            for (int i = 1; i < 10; i++) {
                step(model, adapter, i);
            }
            assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before); // less where older ones were collected
        }
    }

    private static void step(LanguageModel model, Adapter adapter, int number) {
        Scope.run(() -> {
            TokenBatch batch = new TokenBatch(new long[][] {{3, 4, 5, 6}, {1, 7, 8, 9}}, new int[] {0, 1});
            Dropout dropout = Dropout.ofPass(0.1, 1, number);
            PassLimits limits = new PassLimits(1 + number % 2, number % 4 < 2);
            TrainingPass pass = TrainingPass.of(model, batch, dropout, limits);
            model.logProbs(pass.hidden().view(8, 32), new long[8]).mean().backward();
            pass.backward();
            adapter.parameters().values().forEach(parameter -> {
                assertThat(parameter.grad()).isPresent();
                parameter.clearGrad();
            });
        });
    }
}
