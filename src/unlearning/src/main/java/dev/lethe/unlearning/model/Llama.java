package dev.lethe.unlearning.model;

import dev.lethe.catalog.FamilyDescriptor;
import dev.lethe.unlearning.tensor.Functional;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Llama and its like (SmolLM2): RMS normalisation with a learned scale. Touvron et al. 2023. */
final class Llama implements Architecture {

    @Override
    public FamilyDescriptor descriptor() {
        return Architectures.descriptor("llama");
    }

    @Override
    public boolean scaledNorm() {
        return true;
    }

    @Override
    public Tensor norm(Tensor x, @Nullable Tensor scale, ModelConfig config) {
        return Functional.rmsNorm(x, Objects.requireNonNull(scale), config.normEps());
    }
}
