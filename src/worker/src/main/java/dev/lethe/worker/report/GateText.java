package dev.lethe.worker.report;

import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.Verdict;
import java.util.List;

/** Gates in words. */
public final class GateText {
    private GateText() {}

    /** {@code at most 0.100}, {@code at least 0.800 (relative to the base)}. */
    public static String bound(GateResult gate) {
        String side = gate.bound().startsWith("max") ? "at most " : "at least ";
        String limit = gate.limit() == null ? HeadlineMetric.NOT_MEASURED : HeadlineMetric.text(gate.limit());
        String interval = Boolean.TRUE.equals(gate.interval()) ? " for the whole interval" : "";
        return side + limit + interval + (gate.bound().endsWith("OfBase") ? " (relative to the base)" : "");
    }

    public static String measured(GateResult gate) {
        return gate.value() == null ? HeadlineMetric.NOT_MEASURED : HeadlineMetric.text(gate.value());
    }

    public static String outcome(GateResult gate) {
        return switch (gate.verdict()) {
            case Passed -> "met";
            case Failed -> "not met";
            case Inconclusive, Declared -> "not decided";
        };
    }

    /** What the verdict means, in one sentence. */
    public static String sentence(Verdict verdict, List<GateResult> gates) {
        long open = gates.stream().filter(gate -> gate.verdict() != verdict).count();
        long count = gates.size() - open;
        return switch (verdict) {
            case Passed -> "Every gate was met.";
            case Failed -> "%d of %d gates not met: nothing was published.".formatted(count, gates.size());
            case Inconclusive ->
                "%d of %d gates could not be decided: nothing was published.".formatted(count, gates.size());
            case Declared -> "Somebody's word: nothing was measured.";
        };
    }
}
