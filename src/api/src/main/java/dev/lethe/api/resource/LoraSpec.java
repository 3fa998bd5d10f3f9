package dev.lethe.api.resource;

import org.jspecify.annotations.Nullable;

/** LoRA on every linear layer but {@code lm_head}. */
public record LoraSpec(@Nullable Integer rank, @Nullable Double alpha, @Nullable Double dropout) {
    /** The published recipe's adapter. */
    public static final LoraSpec DEFAULTS = new LoraSpec(32, 32.0, 0.05);

    /** Nothing said. */
    public static final LoraSpec ABSENT = new LoraSpec(null, null, null);

    /** These settings, with what is absent taken from {@code other}. */
    public LoraSpec orElse(LoraSpec other) {
        return new LoraSpec(
                rank != null ? rank : other.rank,
                alpha != null ? alpha : other.alpha,
                dropout != null ? dropout : other.dropout);
    }
}
