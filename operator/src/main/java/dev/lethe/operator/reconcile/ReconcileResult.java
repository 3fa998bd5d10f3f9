package dev.lethe.operator.reconcile;

import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.planner.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What came of looking at an object once.
 *
 * @param written the object as its new status made it; empty where nothing was written
 * @param again when to look again, if nothing changes before
 */
public record ReconcileResult(Optional<LetheObject> written, Optional<Duration> again) {
    /** After a refusal, or a look that came too early. */
    public static final Duration SOON = Duration.ofSeconds(10);

    private static final Duration AT_ONCE = Duration.ofMillis(1);

    /** The caches do not have everything yet. */
    private static final Duration CACHES = Duration.ofMillis(200);

    /** Nothing to do. */
    public static final ReconcileResult NONE = new ReconcileResult(Optional.empty(), Optional.empty());

    /** Somebody else wrote in between, or there was no look at all: the caches will say what is so. */
    public static ReconcileResult stale() {
        return new ReconcileResult(Optional.empty(), Optional.of(CACHES));
    }

    /** The earliest time that any of the actions waits for. */
    public static Optional<Duration> wait(List<Action> actions, Instant now) {
        return actions.stream()
                .flatMap(action -> action instanceof Action.WaitUntil(Instant time) ? Stream.of(time) : Stream.empty())
                .min(Comparator.naturalOrder())
                .map(time -> time.isAfter(now) ? Duration.between(now, time) : AT_ONCE);
    }

    /** The earlier of two waits. */
    public static Optional<Duration> earlier(Optional<Duration> one, Optional<Duration> other) {
        return Stream.of(one, other).flatMap(Optional::stream).min(Comparator.naturalOrder());
    }
}
