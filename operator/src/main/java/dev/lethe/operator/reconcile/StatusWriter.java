package dev.lethe.operator.reconcile;

import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.event.EventRecorder;
import dev.lethe.planner.Plan;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes planned statuses, and records their transitions as events. */
public record StatusWriter(KubernetesClient client, EventRecorder recorder) {
    /**
     * Writes a planned status, unless it is the same, the plan defers it, or the object has changed since it was read.
     *
     * @param before the status as it was read
     * @param requeueAt when to reconcile again
     */
    public ReconcileResult write(
            LetheObject object, @Nullable Object before, Plan<?, ?> plan, Optional<Instant> requeueAt, Instant now) {
        if (plan.deferUntil().isPresent()) {
            return ReconcileResult.of(Optional.empty(), Plan.earlier(requeueAt, plan.deferUntil()), now);
        }
        try {
            var written = write(object, before, plan.status());
            written.ifPresent(it -> recorder.record(object, before, plan.status()));
            return ReconcileResult.of(written, requeueAt, now);
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return ReconcileResult.stale();
            }
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return ReconcileResult.of(Optional.empty(), requeueAt, now);
            }
            throw e;
        }
    }

    private Optional<LetheObject> write(LetheObject object, @Nullable Object before, Object status) {
        return status.equals(before)
                ? Optional.empty()
                : Optional.of(client.resource(ClusterDocuments.withStatus(object, status))
                        .updateStatus());
    }
}
