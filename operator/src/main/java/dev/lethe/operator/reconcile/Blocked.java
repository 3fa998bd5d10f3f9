package dev.lethe.operator.reconcile;

import dev.lethe.api.status.Reason;
import dev.lethe.operator.observation.Admission;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.regex.Pattern;

/** A plan cannot be carried out now, for a reason that may go away. The status says so, and it is tried again. */
public final class Blocked extends RuntimeException {
    /** How an admission policy or webhook, which is named before it, is said to refuse an object; with any code. */
    private static final Pattern DENIED = Pattern.compile("denied (the )?request");

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
        if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN
                || DENIED.matcher(message).find()) {
            return new Blocked(Admission.reason(message), message);
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
