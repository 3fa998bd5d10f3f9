package dev.lethe.api.status;

import org.jspecify.annotations.Nullable;

/**
 * One bound of a gate, decided.
 *
 * @param metric {@code suite/metric}
 * @param bound {@code max}, {@code min}, {@code maxOfBase} or {@code minOfBase}
 * @param limit the value that the metric was held against
 * @param value what was measured; absent when it was not
 * @param verdict whether the bound holds
 * @param message why it could not be decided
 * @param factor the multiple of the base model's value that the limit is, for {@code maxOfBase} and {@code minOfBase}
 * @param interval whether the worse end of the metric's interval was held against the limit; absent where the value was
 */
public record GateResult(
        String metric,
        String bound,
        @Nullable Double limit,
        @Nullable Double value,
        Verdict verdict,
        @Nullable String message,
        @Nullable Double factor,
        @Nullable Boolean interval) {}
