package dev.lethe.operator;

import dev.lethe.operator.cluster.ClusterClient;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.job.UnlearningJobReconciler;
import dev.lethe.operator.metric.Leadership;
import dev.lethe.operator.stage.StageController;
import dev.lethe.planner.Timings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.processing.event.rate.LinearRateLimiter;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Configures the operator framework for our controllers. */
public final class LetheOperator {
    private static final Logger LOG = LoggerFactory.getLogger(LetheOperator.class);

    private static final Duration TERMINATION = Duration.ofSeconds(10);
    private final Operator operator;
    private final Optional<LeaderLease> lease;
    private final Informers informers;
    private volatile boolean stopping;

    /**
     * @param threads how many objects are reconciled at once
     * @param firstRead how long the start waits for what cannot be read
     * @param election whether only the holder of the lease reconciles, and which lease that is
     */
    public record Setup(Set<String> namespaces, int threads, Duration firstRead, Election election) {}

    /**
     * @param name of the lease, which only the replicas of one release share
     * @param namespace of the lease
     */
    public record Election(boolean enabled, String name, String namespace) {}

    public LetheOperator(
            KubernetesClient client, Setup setup, Controllers controllers, Metrics metrics, Leadership leadership) {
        lease = Optional.of(setup.election).filter(Election::enabled).map(it -> LeaderLease.of(client, it));
        operator = new Operator(overrider -> configure(overrider, client, setup, metrics, leadership));
        informers = new Informers(operator, client);
        controllers.reconcilers().forEach(reconciler -> register(reconciler, setup));
        if (!setup.election.enabled) {
            leadership.acquired();
        }
    }

    private void configure(
            ConfigurationServiceOverrider overrider,
            KubernetesClient client,
            Setup setup,
            Metrics metrics,
            Leadership leadership) {
        overrider
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withConcurrentReconciliationThreads(setup.threads)
                .withConcurrentWorkflowExecutorThreads(1)
                .withMetrics(metrics)
                .withReconciliationTerminationTimeout(TERMINATION)
                // What cannot be read must not stop the rest: it is tried again for as long as it takes.
                .withStopOnInformerErrorDuringStartup(false)
                .withCacheSyncTimeout(setup.firstRead);
        lease.ifPresent(it -> overrider.withLeaderElectionConfiguration(it.election(callbacks(leadership))));
    }

    private LeaderCallbacks callbacks(Leadership leadership) {
        return new LeaderCallbacks(
                leadership::acquired,
                () -> {
                    leadership.lost();
                    if (!stopping) {
                        // Another replica leads now: this one must not write anything more, not even on its way out.
                        LOG.error("the lease is lost: this process ends");
                        Runtime.getRuntime().halt(1);
                    }
                },
                leader -> {});
    }

    private <P extends LetheObject> void register(Reconciler<P> reconciler, Setup setup) {
        operator.register(reconciler, configuration -> {
            configuration
                    .withName(reconciler.getClass().getSimpleName().replace("Reconciler", ""))
                    .withReconciliationMaxInterval(Timings.RESYNC)
                    .withInformerListLimit(ClusterClient.PAGE)
                    .withRetry(new GenericRetry()
                            .withoutMaxAttempts()
                            .setInitialInterval(Timings.ERROR.base())
                            .setIntervalMultiplier(2)
                            .setMaxInterval(Timings.ERROR.cap().toMillis()));
            if (reconciler instanceof UnlearningJobReconciler) {
                configuration.withRateLimiter(new LinearRateLimiter(Timings.JOB_RATE_LIMIT, 1));
            } else {
                // The filter can only drop events that the framework lets through, so generation awareness is off.
                configuration.withGenerationAware(false).withOnUpdateFilter(StageController::wakesReconciler);
            }
            if (setup.namespaces.isEmpty()) {
                configuration.watchingAllNamespaces();
            } else {
                configuration.settingNamespaces(setup.namespaces);
            }
        });
    }

    /** Starts the informers now, and the reconcilers as soon as this replica leads. */
    public void start() {
        operator.start();
    }

    /** Ends what is running, then lets another replica lead. */
    public void stop() {
        stopping = true;
        operator.stop();
        lease.ifPresent(LeaderLease::release);
    }

    Informers informers() {
        return informers;
    }

    /** Whether jobs of any namespace can be read. Not every namespace need be: one may be gone. */
    boolean serves() {
        return informers.read(new LetheObject.UnlearningJob().getPlural());
    }
}
