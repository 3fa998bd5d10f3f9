package dev.lethe.planner.stage;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.StageResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is left of an attempt is kept for a while after its end, and is deleted only once that end was read from the status.
 *
 * @param requeueAt when there will be more to delete
 */
record Retention(List<StageAction> deletions, Optional<Instant> requeueAt) {
    /**
     * What to delete now; nothing where all is kept forever.
     *
     * @param read the status as it was read
     * @param next the status as it will be
     * @param usual how long to keep what is left, where the spec does not say; forever where null
     */
    static Retention of(
            Resource<? extends StageSpec, StageResourceStatus> stage,
            StageResourceStatus read,
            StageResourceStatus next,
            @Nullable Duration usual,
            Instant now) {
        var own = stage.spec().execution().ttlSecondsAfterFinished();
        var kept = own == null ? usual : Duration.ofSeconds(own);
        if (kept == null) {
            return new Retention(List.of(), Optional.empty());
        }
        var last = now.minus(kept);
        if (expired(read.finished(), last)) {
            // All of them, as the status forgets some.
            var names = new AttemptHistory(read.attempts()).names(stage);
            return new Retention(List.of(new StageAction.DeleteAttempts(names)), Optional.empty());
        }
        var expired = read.attempts().stream()
                .filter(it -> expired(it.finished(), last))
                .map(Attempt::name)
                .toList();
        var deletions = expired.isEmpty()
                ? List.<StageAction>of()
                : List.<StageAction>of(new StageAction.DeleteAttempts(expired));
        var others = next.attempts().stream()
                .filter(it -> !expired.contains(it.name()))
                .map(Attempt::finished);
        var requeueAt = Stream.concat(others, Stream.ofNullable(next.finished()))
                .filter(Objects::nonNull)
                .map(end -> end.plus(kept))
                .min(Comparator.naturalOrder());
        return new Retention(deletions, requeueAt);
    }

    private static boolean expired(@Nullable Instant end, Instant last) {
        return end != null && !end.isAfter(last);
    }
}
