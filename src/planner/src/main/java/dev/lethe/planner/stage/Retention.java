package dev.lethe.planner.stage;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.planner.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is left of an attempt is kept for a while after its end, and goes only when that end has been read from the record. */
final class Retention {
    private Retention() {}

    /**
     * What to delete now, and when to look again; nothing where all is kept for ever.
     *
     * @param read the status as it was read
     * @param next the status as it will be
     * @param usual how long where the spec does not say; for ever where null
     */
    static List<Action> of(
            Resource<? extends StageSpec, StageResourceStatus> stage,
            StageResourceStatus read,
            StageResourceStatus next,
            @Nullable Duration usual,
            Instant now) {
        var own = stage.spec().ttlSecondsAfterFinished();
        var kept = own == null ? usual : Duration.ofSeconds(own);
        if (kept == null) {
            return List.of();
        }
        var last = now.minus(kept);
        if (over(read.finished(), last)) {
            // Those, too, that the status does not remember.
            return List.of(new Action.DeleteAttempts(new AttemptLog(read.attempts()).names(stage)));
        }
        var actions = new ArrayList<Action>();
        var expired = read.attempts().stream()
                .filter(it -> over(it.finished(), last))
                .map(Attempt::name)
                .toList();
        if (!expired.isEmpty()) {
            actions.add(new Action.DeleteAttempts(expired));
        }
        var others = next.attempts().stream()
                .filter(it -> !expired.contains(it.name()))
                .map(Attempt::finished);
        Stream.concat(others, Stream.ofNullable(next.finished()))
                .filter(Objects::nonNull)
                .map(end -> end.plus(kept))
                .min(Comparator.naturalOrder())
                .map(Action.WaitUntil::new)
                .ifPresent(actions::add);
        return actions;
    }

    private static boolean over(@Nullable Instant end, Instant last) {
        return end != null && !end.isAfter(last);
    }
}
