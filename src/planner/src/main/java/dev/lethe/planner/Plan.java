package dev.lethe.planner;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A new status, and what to do before it is written.
 *
 * @param actions in their order. Each may be repeated: a caller that is cut off before it writes gets the same plan again
 * @param requeueAt when to plan again if nothing changes before
 * @param deferUntil until when the status is not worth a write; empty where it is now
 */
public record Plan<S, A>(S status, List<A> actions, Optional<Instant> requeueAt, Optional<Instant> deferUntil) {
    public Plan {
        actions = List.copyOf(actions);
    }

    /** The earlier of two times, as far as they are present. */
    public static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
        return Stream.of(one, other).flatMap(Optional::stream).min(Comparator.naturalOrder());
    }
}
