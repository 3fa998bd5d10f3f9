package dev.lethe.operator.health;

import dev.lethe.operator.Lifecycle;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** Started: the cluster has the CRDs of this version, and the operator runs. */
@Startup
@ApplicationScoped
class StartedCheck implements HealthCheck {
    private final Lifecycle lifecycle;

    StartedCheck(Lifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @Override
    public HealthCheckResponse call() {
        var check = HealthCheckResponse.named("started");
        var waitsFor = lifecycle.waitsFor();
        waitsFor.ifPresent(it -> check.withData("waitsFor", it));
        return check.status(waitsFor.isEmpty()).build();
    }
}
