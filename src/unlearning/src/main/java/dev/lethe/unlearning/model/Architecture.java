package dev.lethe.unlearning.model;

import dev.lethe.catalog.FamilyDescriptor;
import dev.lethe.unlearning.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What differs between families of decoders; the rest is {@link Decoder}. A new family is one small class and one entry
 * in {@link Architectures}.
 */
public interface Architecture {

    /** What it is; its name is the {@code model_type} of config.json. */
    FamilyDescriptor descriptor();

    /** Whether normalisation layers have a learned scale. */
    boolean scaledNorm();

    /**
     * Normalises hidden states.
     *
     * @param x [tokens, hidden]
     * @param scale the learned scale [hidden], null where the family has none
     */
    Tensor norm(Tensor x, @Nullable Tensor scale, ModelConfig config);

    /** What happens to queries, keys and values between projection and rotation. */
    default Tensor projected(Tensor x, ModelConfig config) {
        return x;
    }
}
