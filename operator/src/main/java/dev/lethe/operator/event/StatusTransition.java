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
 * A change of a status that is worth an event: of the phase, or of its reason.
 *
 * @param warning whether somebody should act
 */
public record StatusTransition(Phase phase, Reason reason, String message, boolean warning) {
    private static final Set<Reason> NORMAL = Set.of(
            Reason.Pending,
            Reason.WaitingForStage,
            Reason.Progressing,
            Reason.Suspended,
            Reason.Succeeded,
            Reason.Published,
            Reason.Queued,
            Reason.Skipped);

    private record Snapshot(@Nullable Phase phase, Optional<Condition> ready) {
        static Snapshot of(@Nullable Object status) {
            return switch (status) {
                case StageResourceStatus s -> of(s.phase(), s.conditions());
                case UnlearningJobStatus s -> of(s.phase(), s.conditions());
                case null, default -> of(null, List.of());
            };
        }

        private static Snapshot of(@Nullable Phase phase, List<Condition> conditions) {
            return new Snapshot(phase, Conditions.find(conditions, Conditions.READY));
        }
    }

    /** The transition between two statuses; empty where phase and reason are the same, or nothing has started yet. */
    public static Optional<StatusTransition> between(@Nullable Object before, Object after) {
        var was = Snapshot.of(before);
        var is = Snapshot.of(after);
        var phase = is.phase;
        var reason = is.ready.map(Condition::reason).orElse(Reason.Pending);
        var same = phase == was.phase
                && was.ready.map(Condition::reason).filter(reason::equals).isPresent();
        var warning = phase == Phase.Failed || !NORMAL.contains(reason);
        var notStarted =
                reason == Reason.Pending || reason == Reason.WaitingForStage || (phase == Phase.Pending && !warning);
        if (phase == null || same || notStarted) {
            return Optional.empty();
        }
        var message = is.ready.map(Condition::message).orElse(phase.name());
        return Optional.of(new StatusTransition(phase, reason, message, warning));
    }
}
