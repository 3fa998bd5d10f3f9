package dev.lethe.operator;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Compute;
import dev.lethe.operator.cluster.InstalledCrds;
import dev.lethe.operator.metric.JobGauges;
import dev.lethe.operator.metric.Leadership;
import dev.lethe.operator.metric.ReconcileMetrics;
import dev.lethe.operator.progress.ProgressEndpoint;
import dev.lethe.operator.workload.GpuSettings;
import dev.lethe.operator.workload.Labels;
import dev.lethe.operator.workload.WorkerResources;
import dev.lethe.operator.workload.WorkerSettings;
import dev.lethe.planner.Timings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.GroupVersionKind;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the operator once the cluster has the CRDs that this version needs, and stops it with the process. */
@ApplicationScoped
public class Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(3);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(15);

    private final KubernetesClient client;
    private final OperatorSettings settings;
    private final MeterRegistry registry;
    private final ProgressEndpoint progress;
    private volatile @Nullable LetheOperator operator;
    private volatile @Nullable Unread unread;
    private volatile String waitsFor = "the API server";

    Lifecycle(KubernetesClient client, OperatorSettings settings, MeterRegistry registry, ProgressEndpoint progress) {
        this.client = client;
        this.settings = settings;
        this.registry = registry;
        this.progress = progress;
    }

    void begin(@Observes StartupEvent event) {
        Thread.ofPlatform().name("lethe-start").daemon().start(this::begin);
    }

    void end(@Observes ShutdownEvent event) {
        progress.close();
        var running = operator;
        if (running != null) {
            running.stop();
        }
    }

    /** What the start waits for; empty once the operator runs. */
    public Optional<String> waitsFor() {
        return operator == null ? Optional.of(waitsFor) : Optional.empty();
    }

    /** Whether the operator serves what it can read. */
    public boolean serves() {
        var running = operator;
        return running != null && running.serves();
    }

    /** What it cannot read, in words; empty where it can read everything. */
    public String unread() {
        var looking = unread;
        return looking == null ? "" : looking.told();
    }

    private void begin() {
        try {
            awaitEndOf(new InstalledCrds(client)::problem);
            var certificate = settings.progress().url().map(this::certificate);
            if (certificate.isPresent()) {
                // Whoever makes the certificate may be later than the operator.
                awaitEndOf(() -> problem(certificate.get()));
            }
            var workloadKind = KueueWorkload.first(client, settings.kueue());
            var started = start(workloadKind, certificate);
            lookAfter(started, workloadKind);
            LOG.info("Kueue was installed, upgraded or removed: this process ends, to be started anew");
            Quarkus.asyncExit();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("the operator cannot start", e);
            Runtime.getRuntime().halt(1);
        }
    }

    /** @param certificate of the endpoint to which workers report; empty where they report nothing */
    private LetheOperator start(Optional<GroupVersionKind> workloadKind, Optional<CertificateSecret> certificate) {
        var clock = Clock.systemUTC();
        var leadership = new Leadership(registry);
        var gauges = new JobGauges(registry);
        var namespaces = settings.namespaces().map(Set::copyOf).orElse(Set.<String>of());
        var workers = workers();
        var controllers = Controllers.of(
                client,
                namespaces,
                () -> workers.withProgressCa(
                        certificate.flatMap(CertificateSecret::authority).orElse(null)),
                workloadKind,
                registry,
                gauges,
                clock);
        var setup = new LetheOperator.Setup(namespaces, settings.threads(), Timings.FIRST_READ, election());
        var metrics = new ReconcileMetrics(registry, leadership, gauges, clock);
        var built = new LetheOperator(client, setup, controllers, metrics, leadership);
        built.start();
        // The informers must have started, as stages are looked up in them.
        certificate.ifPresent(
                it -> progress.serve(controllers.stages(), settings.progress().port(), it));
        operator = built;
        return built;
    }

    private LetheOperator.Election election() {
        var election = settings.leaderElection();
        return new LetheOperator.Election(
                election.enabled(), election.name(), election.namespace().orElseGet(client::getNamespace));
    }

    private CertificateSecret certificate(String url) {
        var own = settings.progress().secret();
        return new CertificateSecret(
                client,
                own.namespace().orElseGet(client::getNamespace),
                own.name(),
                own.validityDays()
                        .map(days ->
                                new IssuedCertificate.Request(URI.create(url).getHost(), days)));
    }

    private static Optional<String> problem(CertificateSecret certificate) {
        try {
            certificate.get();
            return Optional.empty();
        } catch (IllegalStateException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Says what cannot be read, until Kueue is installed, upgraded or removed: informers are made once, for one kind of Workload
     * or none.
     */
    private void lookAfter(LetheOperator running, Optional<GroupVersionKind> workloadKind) throws InterruptedException {
        var informers = running.informers();
        var looking = new Unread(informers::unread, informers::why, registry);
        unread = looking;
        do {
            Thread.sleep(LOOK_INTERVAL);
            looking.look();
        } while (KueueWorkload.kind(client, settings.kueue(), workloadKind).equals(workloadKind));
    }

    /** Says what the operator waits for, until that is no problem any more. */
    private void awaitEndOf(Supplier<Optional<String>> problem) throws InterruptedException {
        for (var found = problem.get(); found.isPresent(); found = problem.get()) {
            if (!found.get().equals(waitsFor)) {
                waitsFor = found.get();
                LOG.warn("{}", waitsFor);
            }
            Thread.sleep(CHECK_INTERVAL);
        }
    }

    /** The chart's, which do not change while the process lives; only who signs certificates does. */
    private WorkerSettings workers() {
        var worker = settings.worker();
        var election = election();
        return new WorkerSettings(
                worker.image(),
                gpus(worker.gpu()),
                worker.imagePullPolicy(),
                worker.imagePullSecrets().orElse(List.of()),
                worker.compute()
                        .map(it -> Documents.parse("lethe.worker.compute", it, Compute.class))
                        .orElse(Compute.ABSENT),
                worker.logFormat().orElse(null),
                worker.resources()
                        .map(it -> WorkerResources.parse("lethe.worker.resources", it))
                        .orElse(WorkerResources.NONE),
                worker.scratchLimit()
                        .map(it -> WorkerResources.quantity("lethe.worker.scratch-limit", it))
                        .orElse(null),
                worker.ttlSecondsAfterFinished().map(Duration::ofSeconds).orElse(null),
                Labels.release(election.namespace(), election.name()),
                settings.progress().url().orElse(null),
                null);
    }

    private static GpuSettings gpus(OperatorSettings.Gpu gpu) {
        return new GpuSettings(
                gpu.image().orElse(null),
                gpu.tolerateTaint() ? List.of(GpuSettings.TAINT) : List.of(),
                gpu.sharedMemory()
                        .map(it -> WorkerResources.quantity("lethe.worker.gpu.shared-memory", it))
                        .orElse(null));
    }
}
