package dev.lethe.operator.reconcile;

import dev.lethe.api.status.Condition;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.planner.status.Conditions;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;

/**
 * What was planned cannot be done now, for a reason that people may remove. It is said in the status, and tried again.
 */
public final class Blocked extends RuntimeException {
    private final Reason reason;

    public Blocked(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /**
     * What an API server's refusal means.
     *
     * @param what was to be created
     * @return what blocks, or the failure itself where waiting does not help
     */
    public static RuntimeException of(String what, KubernetesClientException e) {
        var words = what + ": "
                + (e.getStatus() == null || e.getStatus().getMessage() == null
                        ? e.getMessage()
                        : e.getStatus().getMessage());
        if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
            return new Blocked(
                    words.contains("exceeded quota") ? Reason.QuotaExceeded : Reason.ConfigurationFailed, words);
        }
        // A webhook that does not answer, say.
        return e.getCode() >= HttpURLConnection.HTTP_INTERNAL_ERROR ? new Blocked(Reason.Pending, words) : e;
    }

    public Reason reason() {
        return reason;
    }

    /** The planned status, with this in place of its own reason. */
    public UnlearningJobStatus in(UnlearningJobStatus s) {
        return new UnlearningJobStatus(
                s.observedGeneration(),
                s.phase(),
                s.stage(),
                s.progress(),
                s.verdict(),
                conditions(s.conditions()),
                s.stages(),
                s.inputs(),
                s.gates(),
                s.results(),
                s.model(),
                s.started(),
                s.finished(),
                s.suspendedSeconds(),
                s.suspendedSince());
    }

    /** The planned status, with this in place of its own reason. */
    public StageResourceStatus in(StageResourceStatus s) {
        return new StageResourceStatus(
                s.observedGeneration(),
                s.phase(),
                conditions(s.conditions()),
                s.attempts(),
                s.progress(),
                s.metrics(),
                s.verdict(),
                s.gates(),
                s.output(),
                s.result(),
                s.inputs(),
                s.started(),
                s.finished(),
                s.suspendedSeconds(),
                s.suspendedSince());
    }

    private List<Condition> conditions(List<Condition> planned) {
        var stalls = reason == Reason.DestinationTaken;
        return (stalls ? Conditions.stalled(planned) : planned)
                .stream()
                        .map(c -> new Condition(
                                c.type(),
                                c.status(),
                                reason,
                                getMessage(),
                                c.observedGeneration(),
                                c.lastTransitionTime()))
                        .toList();
    }
}
