package dev.lethe.operator.stage;

import dev.lethe.api.resource.Kind;
import dev.lethe.operator.cluster.ClusterClient;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.cluster.Ownership;
import dev.lethe.operator.cluster.Reads;
import dev.lethe.operator.observation.Queue;
import dev.lethe.operator.workload.Labels;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.GroupVersionKind;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The informers of one stage kind: its Jobs, their pods and, where Kueue is installed, their Workloads. */
final class StageInformers<O extends LetheObject> implements StageCache {
    /** On every Workload that Kueue makes for a Job: the Job's UID. */
    private static final String JOB_UID_LABEL = "kueue.x-k8s.io/job-uid";

    private static final String BY_JOB = "job";
    private static final String BY_STAGE = "stage";

    private final InformerEventSource<Job, O> jobs;
    private final InformerEventSource<Pod, O> pods;
    private final Optional<InformerEventSource<GenericKubernetesResource, O>> workloads;

    /** @param workloadKind Kueue's Workload, where the cluster has it */
    StageInformers(Kind kind, EventSourceContext<O> context, Optional<GroupVersionKind> workloadKind) {
        var selector = Stream.concat(
                        Labels.SELECTOR.entrySet().stream(), Map.of(Labels.KIND, kind.name()).entrySet().stream())
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(","));
        var primary = context.getPrimaryResourceClass();
        jobs = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Job.class, primary)
                        .withName("jobs")
                        .withLabelSelector(selector)
                        .withInformerListLimit(ClusterClient.PAGE)
                        .withNamespacesInheritedFromController()
                        .withSecondaryToPrimaryMapper(StageInformers::stageOf)
                        .build(),
                context);
        pods = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Pod.class, primary)
                        .withName("pods")
                        .withLabelSelector(selector)
                        .withInformerListLimit(ClusterClient.PAGE)
                        .withNamespacesInheritedFromController()
                        .withSecondaryToPrimaryMapper(StageInformers::stageOf)
                        .build(),
                context);
        pods.addIndexers(Map.of(
                BY_JOB,
                        pod -> Ownership.controllers(pod)
                                .map(OwnerReference::getUid)
                                .toList(),
                BY_STAGE, pod -> stageOf(pod).stream().map(ResourceID::toString).toList()));
        workloads = workloadKind.map(it -> new InformerEventSource<>(
                InformerEventSourceConfiguration.from(it, primary)
                        .withName("workloads")
                        .withLabelSelector(JOB_UID_LABEL)
                        .withInformerListLimit(ClusterClient.PAGE)
                        .withNamespacesInheritedFromController()
                        .withSecondaryToPrimaryMapper(this::stageOfWorkload)
                        .build(),
                context));
        workloads.ifPresent(source -> source.addIndexers(Map.of(BY_JOB, StageInformers::jobUid)));
    }

    List<EventSource<?, O>> eventSources() {
        var sources = new ArrayList<EventSource<?, O>>(List.of(jobs, pods));
        workloads.ifPresent(sources::add);
        return sources;
    }

    @Override
    public Optional<String> unread(String namespace) {
        return Stream.of(jobs, pods)
                .filter(informer -> !Reads.namespace(informer, namespace))
                .map(InformerEventSource::name)
                .findFirst();
    }

    @Override
    public Optional<Job> job(LetheObject stage, String name) {
        return jobs.get(new ResourceID(name, stage.getMetadata().getNamespace()))
                .filter(job -> Ownership.controls(stage, job));
    }

    @Override
    public List<Pod> pods(Job job) {
        return pods.byIndex(BY_JOB, job.getMetadata().getUid());
    }

    @Override
    public List<Pod> pods(LetheObject stage) {
        return pods.byIndex(BY_STAGE, ResourceID.fromResource(stage).toString());
    }

    @Override
    public Queue queue(Job job) {
        var meta = job.getMetadata();
        return workloads
                .map(informer -> new Queue(
                        informer.byIndex(BY_JOB, meta.getUid()).stream().findFirst(),
                        !Reads.namespace(informer, meta.getNamespace())))
                .orElse(Queue.UNKNOWN);
    }

    @Override
    public void rememberCreated(Job job) {
        jobs.handleRecentResourceCreate(ResourceID.fromResource(job), job);
    }

    private static Set<ResourceID> stageOf(HasMetadata object) {
        return Labels.stageName(object.getMetadata().getLabels())
                .map(name -> Set.of(new ResourceID(name, object.getMetadata().getNamespace())))
                .orElse(Set.of());
    }

    private Set<ResourceID> stageOfWorkload(GenericKubernetesResource workload) {
        return Ownership.controllers(workload)
                .flatMap(owner ->
                        jobs
                                .get(new ResourceID(
                                        owner.getName(), workload.getMetadata().getNamespace()))
                                .stream())
                .findFirst()
                .map(StageInformers::stageOf)
                .orElse(Set.of());
    }

    private static List<String> jobUid(GenericKubernetesResource workload) {
        return Optional.ofNullable(workload.getMetadata().getLabels())
                .map(labels -> labels.get(JOB_UID_LABEL))
                .map(List::of)
                .orElse(List.of());
    }
}
