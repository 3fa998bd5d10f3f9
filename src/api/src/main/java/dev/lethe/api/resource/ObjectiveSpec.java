package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * The loss that a specialist minimises. Which fields apply depends on {@code type}; an absent one has the objective's
 * published default.
 *
 * @param type the registered name: {@code npo} (NPO + retain cross-entropy + retain KL) or {@code ft} (cross-entropy)
 * @param beta NPO's inverse temperature, 0.1 when absent
 * @param reduction how token losses become one number: {@code batch-token-mean} (when absent), {@code seq-mean},
 *     {@code seq-sum} or {@code per-token}
 * @param klMask the positions that the KL term averages over: {@code all} (when absent), {@code non-pad} or
 *     {@code answer}
 * @param tokens the tokens that {@code ft} learns: {@code answer} (when absent) or {@code all}
 * @param weights weights of the loss terms
 */
@ValidationRule(
        value = "self.type == 'npo'"
                + " || (!has(self.beta) && !has(self.reduction) && !has(self.klMask) && !has(self.weights))",
        message = "beta, reduction, klMask and weights belong to objective npo")
@ValidationRule(
        value = "self.type == 'ft' || !has(self.tokens)",
        fieldPath = ".tokens",
        message = "tokens belongs to objective ft")
public record ObjectiveSpec(
        @OneOf({"npo", "ft"}) String type,
        @Min(value = 0, inclusive = false) @Max(100) @Nullable Double beta,
        @OneOf({"batch-token-mean", "seq-mean", "seq-sum", "per-token"}) @Nullable String reduction,
        @OneOf({"all", "non-pad", "answer"}) @Nullable String klMask,
        @OneOf({"answer", "all"}) @Nullable String tokens,
        @Nullable ObjectiveWeights weights) {}
