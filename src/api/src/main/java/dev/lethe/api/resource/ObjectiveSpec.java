package dev.lethe.api.resource;

import org.jspecify.annotations.Nullable;

/**
 * The loss that a specialist minimises. Which fields apply depends on {@code type}; an absent one has the objective's
 * published default.
 *
 * @param type the registered name: {@code npo} (NPO + retain cross-entropy + retain KL) or {@code ft} (cross-entropy)
 * @param beta NPO's inverse temperature, 0.1 when absent
 * @param reduction {@code batch-token-mean}, {@code seq-mean}, {@code seq-sum} or {@code per-token}
 * @param klMask the positions that the KL term averages over: {@code all}, {@code non-pad} or {@code answer}
 * @param tokens the tokens that {@code ft} learns: {@code answer} or {@code all}
 */
public record ObjectiveSpec(
        String type,
        @Nullable Double beta,
        @Nullable String reduction,
        @Nullable String klMask,
        @Nullable String tokens,
        @Nullable ObjectiveWeights weights) {}
