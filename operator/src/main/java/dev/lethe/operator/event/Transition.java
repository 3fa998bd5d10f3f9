package dev.lethe.operator.event;

import dev.lethe.api.status.Condition;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.planner.status.Conditions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A change that is worth an event: of the phase, or of the reason for it.
 *
 * @param warning whether somebody should look
 */
public record Transition(Phase phase, Reason reason, String message, boolean warning) {
    private static final Set<Reason> IN_ORDER = Set.of(
            Reason.Pending,
            Reason.WaitingForStage,
            Reason.Progressing,
            Reason.Suspended,
            Reason.Succeeded,
            Reason.Published,
            Reason.Queued,
            Reason.Skipped);

    private record View(@Nullable Phase phase, Optional<Condition> ready) {
        static View of(@Nullable Object status) {
            return switch (status) {
                case StageResourceStatus s -> of(s.phase(), s.conditions());
                case UnlearningJobStatus s -> of(s.phase(), s.conditions());
                case null, default -> of(null, List.of());
            };
        }

        private static View of(@Nullable Phase phase, List<Condition> conditions) {
            return new View(phase, Conditions.find(conditions, Conditions.READY));
        }
    }

    /** What there is to tell of a status that takes another's place; not that something has not begun. */
    public static Optional<Transition> between(@Nullable Object before, Object after) {
        var was = View.of(before);
        var is = View.of(after);
        var phase = is.phase;
        var reason = is.ready.map(Condition::reason).orElse(Reason.Pending);
        var same = phase == was.phase
                && was.ready.map(Condition::reason).filter(reason::equals).isPresent();
        var warning = phase == Phase.Failed || !IN_ORDER.contains(reason);
        var notBegun =
                reason == Reason.Pending || reason == Reason.WaitingForStage || (phase == Phase.Pending && !warning);
        if (phase == null || same || notBegun) {
            return Optional.empty();
        }
        var message = is.ready.map(Condition::message).orElse(phase.name());
        return Optional.of(new Transition(phase, reason, message, warning));
    }
}
