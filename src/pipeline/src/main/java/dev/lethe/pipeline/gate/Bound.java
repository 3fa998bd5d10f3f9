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
 */
record Bound(String name, boolean upper, @Nullable Double limit) {
    /**
     * The bounds that a gate has.
     *
     * @param base the base model's value, absent when not measured
     */
    static List<Bound> of(Gate gate, @Nullable Double base) {
        var bounds = new ArrayList<Bound>();
        if (gate.max() != null) {
            bounds.add(new Bound("max", true, gate.max()));
        }
        if (gate.min() != null) {
            bounds.add(new Bound("min", false, gate.min()));
        }
        if (gate.maxOfBase() != null) {
            bounds.add(new Bound("maxOfBase", true, base == null ? null : gate.maxOfBase() * base));
        }
        if (gate.minOfBase() != null) {
            bounds.add(new Bound("minOfBase", false, base == null ? null : gate.minOfBase() * base));
        }
        return bounds.isEmpty() ? List.of(new Bound("none", true, null)) : bounds;
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
        return new GateResult(metric, name, limit, value, met ? Verdict.Passed : Verdict.Failed, null);
    }

    private GateResult inconclusive(String metric, @Nullable Double value, String why) {
        return new GateResult(metric, name, limit, value, Verdict.Inconclusive, why);
    }
}
