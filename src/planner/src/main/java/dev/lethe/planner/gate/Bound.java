package dev.lethe.planner.gate;

import dev.lethe.api.resource.Gate;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.MetricValue;
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
 * @param interval whether the worse end of the value's interval is what is compared
 */
record Bound(
        String name,
        boolean upper,
        @Nullable Double limit,
        @Nullable Double factor,
        @Nullable String open,
        boolean interval) {
    /**
     * The bounds of a gate.
     *
     * @param base the base model's value, absent when not measured
     */
    static List<Bound> of(Gate gate, @Nullable Double base) {
        var bounds = new ArrayList<Bound>();
        var interval = Boolean.TRUE.equals(gate.interval());
        if (gate.max() != null) {
            bounds.add(new Bound("max", true, gate.max(), null, null, interval));
        }
        if (gate.min() != null) {
            bounds.add(new Bound("min", false, gate.min(), null, null, interval));
        }
        if (gate.maxOfBase() != null) {
            bounds.add(ofBase("maxOfBase", true, gate.maxOfBase(), base, interval));
        }
        if (gate.minOfBase() != null) {
            bounds.add(ofBase("minOfBase", false, gate.minOfBase(), base, interval));
        }
        return bounds.isEmpty() ? List.of(new Bound("none", true, null, null, "has no bound", interval)) : bounds;
    }

    /** A share of the base model's value. Any model keeps its share of nothing, so such a bound cannot be decided. */
    private static Bound ofBase(String name, boolean upper, double share, @Nullable Double base, boolean interval) {
        if (base == null || !Double.isFinite(share * base)) {
            return new Bound(name, upper, null, share, "was not measured on the base model", interval);
        }
        var asksForNothing = !upper && base <= 0 && share > 0;
        var open = asksForNothing
                ? "is %s on the base model, and any model keeps its share of that".formatted(base)
                : null;
        return new Bound(name, upper, share * base, share, open, interval);
    }

    /** The bound of an earlier result, with the base model's present value. */
    static Bound of(GateResult result, @Nullable Double base) {
        var upper = result.bound().startsWith("max");
        var interval = Boolean.TRUE.equals(result.interval());
        return result.factor() == null
                ? new Bound(result.bound(), upper, result.limit(), null, null, interval)
                : ofBase(result.bound(), upper, result.factor(), base, interval);
    }

    /** Decides the bound for a number, which is absent where it was not measured. */
    GateResult decide(String metric, @Nullable MetricValue measured) {
        if (measured == null) {
            return result(metric, null, Verdict.Inconclusive, "was not measured");
        }
        var value = measured.value();
        if (open != null || limit == null || !Double.isFinite(limit)) {
            return result(
                    metric,
                    value,
                    Verdict.Inconclusive,
                    Objects.requireNonNullElse(open, "has no bound that is a number"));
        }
        var compared = interval ? worseEnd(measured) : Double.valueOf(value);
        if (compared == null) {
            return result(metric, value, Verdict.Inconclusive, "has no interval");
        }
        var met = upper ? compared <= limit : compared >= limit;
        var end = interval && !met ? "interval's %s end is %s".formatted(upper ? "upper" : "lower", compared) : null;
        return result(metric, value, met ? Verdict.Passed : Verdict.Failed, end);
    }

    /** The end of the interval on the side of the limit; absent where there is none around the value. */
    private @Nullable Double worseEnd(MetricValue measured) {
        var end = upper ? measured.high() : measured.low();
        var around = end != null && (upper ? end >= measured.value() : end <= measured.value());
        return around ? end : null;
    }

    private GateResult result(String metric, @Nullable Double value, Verdict verdict, @Nullable String why) {
        return new GateResult(metric, name, limit, value, verdict, why, factor, interval ? true : null);
    }
}
