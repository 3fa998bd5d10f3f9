package dev.lethe.planner.gate;

import dev.lethe.api.resource.Gate;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One bound of a gate, and how a value is compared with it.
 *
 * @param name {@code max}, {@code min}, {@code maxOfBase} or {@code minOfBase}; {@code none} for a gate without bounds
 * @param limit absent where it is unknown, because the base model was not measured
 * @param factor of the base model's value, where the limit is relative to that
 * @param open why it cannot be decided; absent where it can
 */
record Bound(String name, boolean upper, @Nullable Double limit, @Nullable Double factor, @Nullable String open) {
    /**
     * The bounds of a gate.
     *
     * @param base the base model's value, absent when not measured
     */
    static List<Bound> of(Gate gate, @Nullable Double base) {
        var bounds = new ArrayList<Bound>();
        if (gate.max() != null) {
            bounds.add(new Bound("max", true, gate.max(), null, null));
        }
        if (gate.min() != null) {
            bounds.add(new Bound("min", false, gate.min(), null, null));
        }
        if (gate.maxOfBase() != null) {
            bounds.add(ofBase("maxOfBase", true, gate.maxOfBase(), base));
        }
        if (gate.minOfBase() != null) {
            bounds.add(ofBase("minOfBase", false, gate.minOfBase(), base));
        }
        return bounds.isEmpty() ? List.of(new Bound("none", true, null, null, "has no bound")) : bounds;
    }

    /** A share of the base model's value. Any model keeps its share of nothing, so such a bound cannot be decided. */
    private static Bound ofBase(String name, boolean upper, double share, @Nullable Double base) {
        if (base == null || !Double.isFinite(share * base)) {
            return new Bound(name, upper, null, share, "was not measured on the base model");
        }
        var asksForNothing = !upper && base <= 0 && share > 0;
        var open = asksForNothing
                ? "is %s on the base model, and any model keeps its share of that".formatted(base)
                : null;
        return new Bound(name, upper, share * base, share, open);
    }

    /** The bound of an earlier result, with the base model's present value. */
    static Bound of(GateResult result, @Nullable Double base) {
        var upper = result.bound().startsWith("max");
        return result.factor() == null
                ? new Bound(result.bound(), upper, result.limit(), null, null)
                : ofBase(result.bound(), upper, result.factor(), base);
    }

    /** Decides the bound for a value, which is absent where it was not measured. */
    GateResult decide(String metric, @Nullable Double value) {
        if (value == null) {
            return inconclusive(metric, null, "was not measured");
        }
        if (open != null || limit == null || !Double.isFinite(limit)) {
            return inconclusive(metric, value, Objects.requireNonNullElse(open, "has no bound that is a number"));
        }
        var met = upper ? value <= limit : value >= limit;
        return new GateResult(metric, name, limit, value, met ? Verdict.Passed : Verdict.Failed, null, factor);
    }

    private GateResult inconclusive(String metric, @Nullable Double value, String why) {
        return new GateResult(metric, name, limit, value, Verdict.Inconclusive, why, factor);
    }
}
