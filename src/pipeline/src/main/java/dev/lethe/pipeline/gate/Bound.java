package dev.lethe.pipeline.gate;

import dev.lethe.api.resource.Gate;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One bound of a gate.
 *
 * @param name {@code max}, {@code min}, {@code maxOfBase} or {@code minOfBase}; {@code none} for a gate without bounds
 * @param limit absent when it could not be known, because the base model was not measured
 * @param factor the multiple of the base model's value that the limit is; absent where it is absolute
 */
record Bound(String name, boolean upper, @Nullable Double limit, @Nullable Double factor) {
    /**
     * The bounds that a gate has.
     *
     * @param base the base model's value, absent when not measured
     */
    static List<Bound> of(Gate gate, @Nullable Double base) {
        var bounds = new ArrayList<Bound>();
        if (gate.max() != null) {
            bounds.add(new Bound("max", true, gate.max(), null));
        }
        if (gate.min() != null) {
            bounds.add(new Bound("min", false, gate.min(), null));
        }
        if (gate.maxOfBase() != null) {
            bounds.add(relative("maxOfBase", true, gate.maxOfBase(), base));
        }
        if (gate.minOfBase() != null) {
            bounds.add(relative("minOfBase", false, gate.minOfBase(), base));
        }
        return bounds.isEmpty() ? List.of(new Bound("none", true, null, null)) : bounds;
    }

    private static Bound relative(String name, boolean upper, double factor, @Nullable Double base) {
        return new Bound(name, upper, base == null ? null : factor * base, factor);
    }

    /** The bound that a result speaks of, as it is on what is now known of the base model. */
    static Bound of(GateResult result, @Nullable Double base) {
        var upper = result.bound().startsWith("max");
        return result.factor() == null
                ? new Bound(result.bound(), upper, result.limit(), null)
                : relative(result.bound(), upper, result.factor(), base);
    }

    /** This bound held against a value, absent when not measured. */
    GateResult hold(String metric, @Nullable Double value) {
        if (value == null) {
            return inconclusive(metric, null, "was not measured");
        }
        if (limit == null || !Double.isFinite(limit)) {
            return inconclusive(
                    metric, value, name.equals("none") ? "has no bound" : "was not measured on the base model");
        }
        var met = upper ? value <= limit : value >= limit;
        return new GateResult(metric, name, limit, value, met ? Verdict.Passed : Verdict.Failed, null, factor);
    }

    private GateResult inconclusive(String metric, @Nullable Double value, String why) {
        return new GateResult(metric, name, limit, value, Verdict.Inconclusive, why, factor);
    }
}
