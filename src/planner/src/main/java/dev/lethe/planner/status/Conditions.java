package dev.lethe.planner.status;

import dev.lethe.api.status.Condition;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Derives conditions from the phase. As kstatus defines them, {@code Ready} is always there, and {@code Reconciling} or
 * {@code Stalled} while true. {@code Succeeded} is the Kubernetes API conventions' name for what runs to completion, and
 * {@code Finished} is for those who wait for any end.
 */
public final class Conditions {
    public static final String READY = "Ready";
    public static final String RECONCILING = "Reconciling";
    public static final String STALLED = "Stalled";
    public static final String SUCCEEDED = "Succeeded";
    public static final String FINISHED = "Finished";

    private Conditions() {}

    /**
     * The conditions of a phase. A transition time moves only when the condition's status does.
     *
     * @param previous the conditions before
     */
    public static List<Condition> of(
            Phase phase,
            Reason reason,
            @Nullable String message,
            @Nullable Long generation,
            List<Condition> previous,
            Instant now) {
        var done = phase == Phase.Succeeded;
        var ended = phase.terminal();
        var statuses = new LinkedHashMap<String, String>();
        statuses.put(READY, done ? "True" : "False");
        if (!ended) {
            statuses.put(RECONCILING, "True");
        }
        if (phase == Phase.Failed) {
            statuses.put(STALLED, "True");
        }
        statuses.put(SUCCEEDED, done ? "True" : ended ? "False" : "Unknown");
        statuses.put(FINISHED, ended ? "True" : "False");
        return statuses.entrySet().stream()
                .map(it -> condition(it.getKey(), it.getValue(), reason, message, generation, previous, now))
                .toList();
    }

    /** The planned conditions with the reason that blocks the plan; stalled where only people can remove it. */
    public static List<Condition> blocked(List<Condition> planned, Reason reason, String message) {
        var stalls = reason == Reason.DestinationTaken;
        return planned.stream()
                .map(c -> new Condition(
                        stalls && c.type().equals(RECONCILING) ? STALLED : c.type(),
                        c.status(),
                        reason,
                        message,
                        c.observedGeneration(),
                        c.lastTransitionTime()))
                .toList();
    }

    /** The same conditions, observed at another generation of the spec. */
    public static List<Condition> observed(List<Condition> conditions, @Nullable Long generation) {
        return conditions.stream()
                .map(c -> new Condition(
                        c.type(), c.status(), c.reason(), c.message(), generation, c.lastTransitionTime()))
                .toList();
    }

    /** The condition of that type, if there is one. */
    public static Optional<Condition> find(List<Condition> conditions, String type) {
        return conditions.stream().filter(c -> c.type().equals(type)).findFirst();
    }

    /** The reason of {@code Ready}. */
    public static Optional<Reason> reason(List<Condition> conditions) {
        return find(conditions, READY).map(Condition::reason);
    }

    private static Condition condition(
            String type,
            String status,
            Reason reason,
            @Nullable String message,
            @Nullable Long generation,
            List<Condition> previous,
            Instant now) {
        var since = find(previous, type)
                .filter(c -> c.status().equals(status))
                .map(Condition::lastTransitionTime)
                .filter(Objects::nonNull)
                .orElse(now);
        return new Condition(type, status, reason, message, generation, since);
    }
}
