package dev.lethe.e2e.cluster;

import dev.lethe.e2e.cluster.Permissions.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What tests did to the control plane that takes rights away from a pod for a while. Any other refused request is one that the
 * chart should have granted, or the operator should not have made.
 */
final class Disturbances {
    private final Map<String, Instant> outgoing = new HashMap<>();
    private final List<Outage> outages = new ArrayList<>();

    private record Outage(Instant since, Instant until) {
        boolean contains(Instant at) {
            return !at.isBefore(since) && !at.isAfter(until);
        }
    }

    /**
     * An upgrade of the release replaced these pods: helm takes the old scope's roles away while they still run. The pods that
     * replace them have their roles before they are made.
     */
    void replaced(Collection<String> pods, Instant since) {
        pods.forEach(pod -> outgoing.putIfAbsent(pod, since));
    }

    /** The API server was away: when it is back it refuses, until it has read the roles. */
    void apiServerAway(Instant since, Instant readyAgain) {
        outages.add(new Outage(since, readyAgain));
    }

    boolean explain(Refusal refusal) {
        var replacedSince = outgoing.get(refusal.pod());
        return (replacedSince != null && !refusal.at().isBefore(replacedSince))
                || outages.stream().anyMatch(it -> it.contains(refusal.at()));
    }
}
