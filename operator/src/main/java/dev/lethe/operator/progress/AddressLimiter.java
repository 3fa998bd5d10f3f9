package dev.lethe.operator.progress;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Limits the connections of each address and of all together, and blocks an address for a while after too many refusals.
 * Many workers may share an address behind a gateway, so an address may have a quarter of all connections, and accepted
 * reports do not count. Only the server's one thread uses it.
 */
final class AddressLimiter {
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final int MAX_REFUSALS = 20;
    private static final int MAX_ADDRESSES = 4_096;
    private static final int ADDRESS_SHARE = 4;

    private record Refusals(Instant end, int count) {}

    private final int maxConnections;
    private final Clock clock;
    private final Map<String, Integer> connections = new HashMap<>();
    private final BoundedCache<String, Refusals> refusals = new BoundedCache<>(MAX_ADDRESSES);
    private int connected;

    /** @param maxConnections of all addresses together, at a time */
    AddressLimiter(int maxConnections, Clock clock) {
        this.maxConnections = maxConnections;
        this.clock = clock;
    }

    /** Counts a new connection; returns false, and counts nothing, if it is one too many. */
    boolean tryConnect(String address) {
        var own = connections.getOrDefault(address, 0);
        if (connected >= maxConnections || own >= Math.max(1, maxConnections / ADDRESS_SHARE)) {
            return false;
        }
        connections.put(address, own + 1);
        connected++;
        return true;
    }

    /** Takes a counted connection away. */
    void disconnect(String address) {
        connections.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
        connected--;
    }

    void countRefusal(String address) {
        var now = clock.instant();
        refusals.merge(
                address,
                new Refusals(now.plus(WINDOW), 1),
                (before, first) -> now.isBefore(before.end) ? new Refusals(before.end, before.count + 1) : first);
    }

    /** Whether the address was refused too often within the window. */
    boolean blocked(String address) {
        return refusals.get(address)
                .filter(it -> it.count >= MAX_REFUSALS && clock.instant().isBefore(it.end))
                .isPresent();
    }
}
