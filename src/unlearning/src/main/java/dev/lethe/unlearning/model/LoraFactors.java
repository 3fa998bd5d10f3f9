package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Tensor;

/**
 * The factors of a low-rank update of one linear module (LoRA, Hu et al. 2021): {@code W + scale * B A}.
 *
 * @param a f32 [rank, in]
 * @param b f32 [out, rank]
 * @param scale alpha / rank, or alpha / sqrt(rank) for rsLoRA
 */
public record LoraFactors(Tensor a, Tensor b, double scale) {}
