package dev.lethe.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import java.util.Objects;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lease of the leader election. Each release has its own, as several may share a namespace. */
record LeaderLease(KubernetesClient client, String namespace, String name, String identity) {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderLease.class);

    static LeaderLease of(KubernetesClient client, LetheOperator.Election election) {
        // In a pod, this is its name.
        var identity = Objects.requireNonNullElseGet(
                System.getenv("HOSTNAME"), () -> UUID.randomUUID().toString());
        return new LeaderLease(client, election.namespace(), election.name(), identity);
    }

    LeaderElectionConfiguration election(LeaderCallbacks callbacks) {
        return new LeaderElectionConfiguration(
                name,
                namespace,
                LeaderElectionConfiguration.LEASE_DURATION_DEFAULT_VALUE,
                LeaderElectionConfiguration.RENEW_DEADLINE_DEFAULT_VALUE,
                LeaderElectionConfiguration.RETRY_PERIOD_DEFAULT_VALUE,
                identity,
                callbacks,
                false);
    }

    /** Releases the lease if this replica holds it, so that the next leader need not wait until it expires. */
    void release() {
        var lock = new LeaseLock(namespace, name, identity);
        try {
            var held = lock.get(client);
            if (held != null && identity.equals(held.getHolderIdentity())) {
                lock.update(client, held.toBuilder().holderIdentity("").build());
            }
        } catch (KubernetesClientException e) {
            LOG.warn("the lease is not given up and runs out by itself: {}", e.getMessage());
        }
    }
}
