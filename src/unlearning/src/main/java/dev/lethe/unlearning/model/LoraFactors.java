package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Tensor;
import java.util.List;

/**
 * The factors of a low-rank update of one linear module (LoRA, Hu et al. 2021): {@code W + scale * B A}.
 *
 * @param a f32 [rank, in]
 * @param b f32 [out, rank]
 * @param scale alpha / rank, or alpha / sqrt(rank) for rsLoRA
 */
public record LoraFactors(Tensor a, Tensor b, double scale) {
    /** The factors of both updates together, exactly: those of one beside those of the other. Gradients flow to both. */
    public LoraFactors plus(LoraFactors other) {
        return new LoraFactors(
                Tensor.cat(List.of(a, other.a), 0),
                Tensor.cat(List.of(b.mul(scale / other.scale), other.b), 1),
                other.scale);
    }
}
