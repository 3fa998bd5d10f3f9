package dev.lethe.worker.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.resource.LoraSpec;
import dev.lethe.api.resource.Specialist;
import dev.lethe.api.resource.TrainingSettings;
import dev.lethe.unlearning.model.ModelConfig;
import dev.lethe.unlearning.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannedMemoryTest {
    @TempDir
    Path folder;

    private ModelConfig model;

    @BeforeEach
    void writeConfig() throws IOException {
        Files.writeString(
                folder.resolve(ModelConfig.FILE),
                """
                {"model_type": "llama", "vocab_size": 128256, "hidden_size": 4096, "intermediate_size": 14336,
                 "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8}
                """);
        model = ModelConfig.read(folder);
    }

    @Test
    void aGpuSaysWhatItWillHoldAndWhatIsFree() {
        assertThat(onGpu(80, null)).startsWith("bf16 on cuda: ").endsWith(" of 79.0 GiB free");
        assertThat(onGpu(16, null)).startsWith("int8 on cuda: ");
        assertThat(onGpu(12, null)).startsWith("nf4 on cuda: ");
        assertThat(onGpu(80, "nf4")).startsWith("nf4 on cuda: ");
    }

    @Test
    void aCpuHoldsNothingInFewBitsByItselfAndSaysWhatAGpuWouldTake() {
        assertThat(new PlannedMemory(model, specialist("auto", null), Device.CPU, Optional.empty()).line())
                .matches(
                        "f32 on cpu: [0-9.]+ GiB \\(base 29.9, .*\\); on a GPU at least bf16 [0-9.]+ GiB, int8 [0-9.]+ GiB, nf4 [0-9.]+ GiB");
        assertThat(new PlannedMemory(model, specialist("cpu", "nf4"), Device.CPU, Optional.empty()).line())
                .startsWith("nf4 on cpu: ")
                .doesNotContain("GPU");
    }

    private String onGpu(long gib, @Nullable String base) {
        Device.Memory room = new Device.Memory((gib - 1) << 30, gib << 30);
        return new PlannedMemory(model, specialist("auto", base), Device.CUDA, Optional.of(room)).line();
    }

    private static Specialist specialist(String device, @Nullable String base) {
        TrainingSettings training = new TrainingSettings(
                5, 1, 4, 1e-4, 0.01, 1.0, 256, 0.0, "fixed", false, "auto", base, device, 42L, null, 0, null);
        return new Specialist("over", null, training, new LoraSpec(32, 32.0, 0.0), null);
    }
}
