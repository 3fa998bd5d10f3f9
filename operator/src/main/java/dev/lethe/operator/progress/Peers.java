package dev.lethe.operator.progress;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * What is allowed to addresses, whoever is behind them: so many connections at a time, together and each, and so many
 * refusals until nothing of theirs is looked at for a while. Many workers may share an address behind a gateway, so an
 * address may have a quarter of all connections, and what is taken does not count. Used by the server's one thread alone.
 */
final class Peers {
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final int MOST_REFUSALS = 20;
    private static final int MOST_REMEMBERED = 4_096;
    private static final int PARTS = 4;

    private record Refusals(Instant end, int count) {}

    private final int mostConnections;
    private final Clock clock;
    private final Map<String, Integer> connections = new HashMap<>();
    private final Recent<String, Refusals> refusals = new Recent<>(MOST_REMEMBERED);
    private int connected;

    /** @param mostConnections of all addresses together, at a time */
    Peers(int mostConnections, Clock clock) {
        this.mostConnections = mostConnections;
        this.clock = clock;
    }

    /** Counts a new connection; false, and nothing is counted, if it is one too many. */
    boolean connects(String address) {
        var own = connections.getOrDefault(address, 0);
        if (connected >= mostConnections || own >= Math.max(1, mostConnections / PARTS)) {
            return false;
        }
        connections.put(address, own + 1);
        connected++;
        return true;
    }

    /** Forgets a connection that was counted. */
    void leaves(String address) {
        connections.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
        connected--;
    }

    /** Counts a refusal. */
    void refused(String address) {
        var now = clock.instant();
        refusals.merge(
                address,
                new Refusals(now.plus(WINDOW), 1),
                (open, one) -> now.isBefore(open.end) ? new Refusals(open.end, open.count + 1) : one);
    }

    /** Whether it was refused too often of late. */
    boolean refusedTooOften(String address) {
        return refusals.get(address)
                .filter(open -> open.count >= MOST_REFUSALS && clock.instant().isBefore(open.end))
                .isPresent();
    }
}
