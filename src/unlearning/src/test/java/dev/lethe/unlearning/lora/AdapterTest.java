package dev.lethe.unlearning.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.model.ModelConfig;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterTest {

    private static final ModelConfig LLAMA = ModelConfig.read(Fixtures.path("llama-tiny"));
    private static final Path TRAINED = Fixtures.path("training/llama-tiny/final");

    @Test
    void equalSeedAndRankBeginAlikeWhateverElseDiffers() {
        LoraSettings settings = new LoraSettings(4, 8, 0);
        Adapter one = Adapter.init(LLAMA, settings, 42, Device.CPU, "base");
        Adapter two = Adapter.init(LLAMA, new LoraSettings(4, 32, 0.5, true), 42, Device.CPU, "other");
        Adapter third = Adapter.init(LLAMA, settings, 43, Device.CPU, "base");
        assertThat(one.modules()).hasSize(14);
        one.modules().forEach((path, factors) -> {
            float bound = (float) (1 / Math.sqrt((double) factors.a().size(1)));
            float[] a = factors.a().toFloats();
            assertThat(a).isEqualTo(two.modules().get(path).a().toFloats());
            assertThat(a).isNotEqualTo(third.modules().get(path).a().toFloats());
            for (float value : a) {
                assertThat(value).isBetween(-bound, bound);
            }
            assertThat(factors.b().toFloats()).containsOnly(0);
        });
        assertThat(two.modules().firstEntry().getValue().scale()).isEqualTo(16);
    }

    @Test
    void readsWhatPeftWroteAndWritesItBack(@TempDir Path folder) {
        Adapter adapter = Adapter.load(TRAINED, LLAMA, Device.CPU, Optional.empty());
        Map<String, Tensor> expected = Fixtures.tensors("training/llama-tiny/final/adapter_model.safetensors");
        adapter.save(folder, Optional.of("sha256:1"));
        Adapter again = Adapter.load(folder, LLAMA, Device.CPU, Optional.of("sha256:1"));
        assertThat(again.parameters().keySet()).isEqualTo(expected.keySet());
        again.parameters().forEach((name, tensor) -> assertThat(tensor.toFloats())
                .isEqualTo(expected.get(name).toFloats()));
        assertThat(again.modules().firstEntry().getValue().scale()).isEqualTo(2);
    }

    @Test
    void refusesAnAdapterOfAnotherModel(@TempDir Path folder) {
        ModelConfig olmo = ModelConfig.read(Fixtures.path("olmo-tiny"));
        assertThatThrownBy(() -> Adapter.load(TRAINED, olmo, Device.CPU, Optional.empty()))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("4 modules do not fit")
                .hasMessageContaining(
                        "model.layers.0.self_attn.k_proj: found 32 inputs and 16 outputs, expected 32 and 32");
        Adapter.init(LLAMA, new LoraSettings(2, 2, 0), 1, Device.CPU, "base").save(folder, Optional.of("sha256:1"));
        assertThatThrownBy(() -> Adapter.load(folder, LLAMA, Device.CPU, Optional.of("sha256:2")))
                .isInstanceOf(RefusedInput.class)
                .hasMessageContaining("found sha256:2, expected sha256:1");
    }
}
