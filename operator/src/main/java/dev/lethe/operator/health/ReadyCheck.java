package dev.lethe.operator.health;

import dev.lethe.operator.Lifecycle;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready: every informer has synced. A standby is ready too, as it accepts reports of progress. */
@Readiness
@ApplicationScoped
class ReadyCheck implements HealthCheck {
    private final Lifecycle lifecycle;

    ReadyCheck(Lifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("informers synced")
                .status(lifecycle.synced())
                .build();
    }
}
