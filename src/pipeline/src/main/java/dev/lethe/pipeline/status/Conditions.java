package dev.lethe.pipeline.status;

import dev.lethe.api.status.Condition;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Conditions in the vocabulary of kstatus, derived from the phase: {@code Ready} always, one of the others while true. */
public final class Conditions {
    public static final String READY = "Ready";
    public static final String RECONCILING = "Reconciling";
    public static final String STALLED = "Stalled";

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
        var ready =
                switch (phase) {
                    case Succeeded -> "True";
                    case Failed, Skipped -> "False";
                    case Pending, Running, Suspended -> "Unknown";
                };
        var conditions = new ArrayList<Condition>();
        conditions.add(condition(READY, ready, reason, message, generation, previous, now));
        if (phase == Phase.Pending || phase == Phase.Running) {
            conditions.add(condition(RECONCILING, "True", reason, message, generation, previous, now));
        }
        if (phase == Phase.Failed) {
            conditions.add(condition(STALLED, "True", reason, message, generation, previous, now));
        }
        return List.copyOf(conditions);
    }

    /** The same conditions, seen at another generation of the spec. */
    public static List<Condition> observed(List<Condition> conditions, @Nullable Long generation) {
        return conditions.stream()
                .map(c -> new Condition(
                        c.type(), c.status(), c.reason(), c.message(), generation, c.lastTransitionTime()))
                .toList();
    }

    /** The condition of that type, if it is there. */
    public static Optional<Condition> find(List<Condition> conditions, String type) {
        return conditions.stream().filter(c -> c.type().equals(type)).findFirst();
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
