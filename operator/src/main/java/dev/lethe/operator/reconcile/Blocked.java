package dev.lethe.operator.reconcile;

import dev.lethe.api.status.Reason;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/** A plan cannot be carried out now, for a reason that may go away. The status says so, and it is tried again. */
public final class Blocked extends RuntimeException {
    private final Reason reason;

    public Blocked(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /**
     * What a refusal of the API server means.
     *
     * @param what was to be created
     * @return the failure itself where waiting does not help
     */
    static RuntimeException of(String what, KubernetesClientException e) {
        var status = e.getStatus();
        var message =
                what + ": " + (status == null || status.getMessage() == null ? e.getMessage() : status.getMessage());
        if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
            return new Blocked(
                    message.contains("exceeded quota") ? Reason.QuotaExceeded : Reason.ConfigurationFailed, message);
        }
        // Such as a webhook that does not answer.
        return e.getCode() >= HttpURLConnection.HTTP_INTERNAL_ERROR ? new Blocked(Reason.Pending, message) : e;
    }

    public Reason reason() {
        return reason;
    }

    public String message() {
        return String.valueOf(getMessage());
    }
}
