package dev.lethe.operator;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.stage.StageReport;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.status.MetricValue;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a Job controller and a kubelet do with the operator's Jobs: a pod each, which runs and then ends. */
final class Workers {
    private static final String DIGEST = "sha256:" + "0".repeat(64);

    private final FakeCluster cluster;

    /** Whether a proxy that nothing ends is injected into every pod. */
    boolean meshed;

    /** By how much the nodes' clock is off. */
    Duration nodesAhead = Duration.ZERO;

    Workers(FakeCluster cluster) {
        this.cluster = cluster;
    }

    /** Every Job takes one step: without a pod it gets one that runs, with one it is done. Says whether any did. */
    boolean step() {
        return step("");
    }

    /** The same for the Jobs of the stages whose names end so. */
    boolean step(String suffix) {
        var moved = false;
        for (var job : cluster.jobs()) {
            if (!job.getMetadata().getLabels().get("lethe.dev/name").endsWith(suffix)
                    || ended(job)
                    || Boolean.TRUE.equals(job.getSpec().getSuspend())) {
                continue;
            }
            moved = true;
            if (cluster.pods(job).isEmpty()) {
                run(job);
            } else {
                end(job, 0, Documents.line(report(job)), "Complete");
            }
        }
        return moved;
    }

    /** Every first attempt fails as soon as it is there. Says whether any did. */
    boolean failFirstAttempts() {
        var first = cluster.jobs().stream()
                .filter(job -> !ended(job))
                .filter(job ->
                        job.getMetadata().getLabels().get("lethe.dev/attempt").equals("1"))
                .toList();
        first.forEach(job -> end(job, 1, "out of luck", "Failed"));
        return !first.isEmpty();
    }

    /** The pods of suspended Jobs are gone. */
    void stopSuspended() {
        cluster.jobs().stream()
                .filter(job -> Boolean.TRUE.equals(job.getSpec().getSuspend()))
                .flatMap(job -> cluster.pods(job).stream())
                .forEach(pod -> cluster.others.resource(pod).delete());
    }

    /** The pods of Jobs that are gone go. Says whether any did. */
    boolean collectGarbage() {
        var jobs =
                cluster.jobs().stream().map(job -> job.getMetadata().getUid()).toList();
        var orphans = cluster.others.pods().inNamespace(FakeCluster.NAMESPACE).list().getItems().stream()
                .filter(pod -> !jobs.contains(
                        pod.getMetadata().getOwnerReferences().getFirst().getUid()))
                .toList();
        orphans.forEach(pod -> cluster.others.resource(pod).delete());
        return !orphans.isEmpty();
    }

    static boolean ended(Job job) {
        return job.getStatus() != null && !job.getStatus().getConditions().isEmpty();
    }

    private void run(Job job) {
        var running = new ContainerStateBuilder()
                .withNewRunning()
                .withStartedAt(nodeTime())
                .endRunning()
                .build();
        cluster.others.resource(pod(job, "Running", running)).create();
        status(
                job,
                new JobStatusBuilder()
                        .withActive(1)
                        .withReady(1)
                        .withStartTime(now())
                        .build());
    }

    private void end(Job job, int exitCode, String words, String condition) {
        var ended = new ContainerStateBuilder()
                .withNewTerminated()
                .withExitCode(exitCode)
                .withMessage(words)
                .withStartedAt(nodeTime())
                .withFinishedAt(nodeTime())
                .endTerminated()
                .build();
        var pod = pod(job, meshed ? "Running" : exitCode == 0 ? "Succeeded" : "Failed", ended);
        if (cluster.pods(job).isEmpty()) {
            cluster.others.resource(pod).create();
        } else {
            cluster.others.resource(pod).update();
        }
        if (meshed) {
            return;
        }
        status(
                job,
                new JobStatusBuilder()
                        .withStartTime(now())
                        .addNewCondition()
                        .withType(condition)
                        .withStatus("True")
                        .withLastTransitionTime(now())
                        .endCondition()
                        .build());
    }

    private void status(Job job, JobStatus status) {
        var current = cluster.others.resource(job).get();
        cluster.others
                .resource(new JobBuilder(current).withStatus(status).build())
                .updateStatus();
    }

    private Pod pod(Job job, String phase, ContainerState state) {
        var pod = workerPod(job, phase, state);
        return meshed
                ? new PodBuilder(pod)
                        .editStatus()
                        .addNewContainerStatus()
                        .withName("istio-proxy")
                        .withState(new ContainerStateBuilder()
                                .withNewRunning()
                                .endRunning()
                                .build())
                        .endContainerStatus()
                        .endStatus()
                        .build()
                : pod;
    }

    private static Pod workerPod(Job job, String phase, ContainerState state) {
        var meta = job.getMetadata();
        return new PodBuilder()
                .withNewMetadata()
                .withName(meta.getName() + "-pod")
                .withNamespace(meta.getNamespace())
                .withLabels(job.getSpec().getTemplate().getMetadata().getLabels())
                .withAnnotations(job.getSpec().getTemplate().getMetadata().getAnnotations())
                .addNewOwnerReference()
                .withApiVersion("batch/v1")
                .withKind("Job")
                .withName(meta.getName())
                .withUid(meta.getUid())
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .withSpec(job.getSpec().getTemplate().getSpec())
                .withNewStatus()
                .withPhase(phase)
                .addNewContainerStatus()
                .withName("worker")
                .withReady(phase.equals("Running"))
                .withRestartCount(0)
                .withImage("worker")
                .withImageID("worker")
                .withState(state)
                .endContainerStatus()
                .endStatus()
                .build();
    }

    /** What a worker says last, of what its pod was told. */
    private static StageReport report(Job job) {
        var told = job.getSpec().getTemplate().getMetadata().getAnnotations().get("lethe.dev/stage-file");
        var file = Documents.parse("stage file", told, StageFile.class);
        var inputs = new TreeMap<String, StageResult.Input>();
        if (file.spec() instanceof ModelPreparationSpec preparation) {
            preparation
                    .sources()
                    .forEach((role, it) -> inputs.put(role, new StageResult.Input(it.uri(), DIGEST, null)));
        }
        var forget = file.name().endsWith("eval-merge") ? 0.05 : 1.0;
        var metrics = file.kind() == Kind.ModelEvaluation
                ? Map.of(
                        "semeval2025/forget-knowledge", new MetricValue(forget, 10, null, null),
                        "semeval2025/retain-knowledge", new MetricValue(0.9, 10, null, null))
                : Map.<String, MetricValue>of();
        var output = new StageResult.Output("file:/claims/out", DIGEST, "folder");
        var result = new StageResult(
                file.name(),
                file.kind(),
                inputs,
                output,
                metrics,
                Map.of(),
                null,
                null,
                Map.of(),
                null,
                null,
                Map.of());
        return StageReport.of(
                result, DIGEST, file.spec() instanceof ModelEvaluationSpec it ? it.told() : List.of(), Map.of());
    }

    private String nodeTime() {
        return cluster.now.plus(nodesAhead).toString();
    }

    private String now() {
        return cluster.now.toString();
    }
}
