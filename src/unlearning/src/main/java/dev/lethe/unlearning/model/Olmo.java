package dev.lethe.unlearning.model;

import dev.lethe.catalog.FamilyDescriptor;
import dev.lethe.unlearning.tensor.Functional;
import dev.lethe.unlearning.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** OLMo 1: layer normalisation without parameters, queries, keys and values clipped. Groeneveld et al. 2024. */
final class Olmo implements Architecture {

    private static final double EPS = 1e-5;

    @Override
    public FamilyDescriptor descriptor() {
        return Architectures.descriptor("olmo");
    }

    @Override
    public boolean scaledNorm() {
        return false;
    }

    @Override
    public Tensor norm(Tensor x, @Nullable Tensor scale, ModelConfig config) {
        return Functional.layerNorm(x, null, null, EPS);
    }

    @Override
    public Tensor projected(Tensor x, ModelConfig config) {
        return config.clipQkv().map(limit -> x.clamp(-limit, limit)).orElse(x);
    }
}
