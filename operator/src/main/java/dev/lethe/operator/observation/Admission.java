package dev.lethe.operator.observation;

import dev.lethe.api.status.Reason;
import java.util.regex.Pattern;

/** What is meant where admission refuses an object. */
public final class Admission {
    /** The words of ResourceQuota, and then those of LimitRange, as the API server's plug-ins have them. */
    private static final Pattern LIMITS =
            Pattern.compile("exceeded quota|failed quota:|insufficient quota|status unknown for quota"
                    + "|(minimum|maximum) \\S+ usage per |max limit to request ratio per ");

    private Admission() {}

    public static Reason reason(String message) {
        return LIMITS.matcher(message).find() ? Reason.QuotaExceeded : Reason.ConfigurationFailed;
    }
}
