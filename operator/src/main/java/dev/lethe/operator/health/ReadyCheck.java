package dev.lethe.operator.health;

import dev.lethe.operator.Lifecycle;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready: something is served. A standby is ready too, as it accepts reports of progress. What cannot be read, such as a
 * namespace that is gone, is told and nothing more: a pod that is started anew could not read it either.
 */
@Readiness
@ApplicationScoped
class ReadyCheck implements HealthCheck {
    private final Lifecycle lifecycle;

    ReadyCheck(Lifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @Override
    public HealthCheckResponse call() {
        var check = HealthCheckResponse.named("jobs are read").status(lifecycle.serves());
        var unread = lifecycle.unread();
        return (unread.isEmpty() ? check : check.withData("unread", unread)).build();
    }
}
