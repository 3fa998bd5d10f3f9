package dev.lethe.unlearning.objective;

import org.jspecify.annotations.Nullable;

/**
 * An objective as a user writes it. An absent field has the objective's published default; one that the objective does not
 * know is refused.
 *
 * @param type the registered name
 * @param beta NPO's inverse temperature
 * @param reduction NPO's, as in {@link NpoReduction}: {@code batch-token-mean}, {@code seq-mean}, {@code seq-sum},
 *     {@code per-token}
 * @param klMask as in {@link KlMask}: {@code all}, {@code non-pad}, {@code answer}
 * @param tokens what {@code ft} learns: {@code answer}, {@code all}
 * @param forget weight of NPO
 * @param retain weight of the retain rows' cross-entropy
 * @param kl weight of the KL to the reference on the retain rows
 */
public record ObjectiveSettings(
        String type,
        @Nullable Double beta,
        @Nullable String reduction,
        @Nullable String klMask,
        @Nullable String tokens,
        @Nullable Double forget,
        @Nullable Double retain,
        @Nullable Double kl) {
    /** The objective of that name with its published defaults. */
    public static ObjectiveSettings of(String type) {
        return new ObjectiveSettings(type, null, null, null, null, null, null, null);
    }
}
