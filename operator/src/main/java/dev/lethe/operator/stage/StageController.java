package dev.lethe.operator.stage;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.job.JobStages;
import dev.lethe.operator.pass.Destinations;
import dev.lethe.operator.pass.Passes;
import io.fabric8.kubernetes.api.model.Pod;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.ResourceCache;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.GroupVersionKind;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the reconcilers of the stage kinds share: the informers, and a pass over what they hold. */
public final class StageController<O extends LetheObject> implements StageSource {
    private final Kind kind;
    private final StagePass pass;
    private final Passes passes;
    private final Destinations destinations;
    private final JobStages ofJobs;
    private final Optional<GroupVersionKind> workloadKind;
    private volatile @Nullable ResourceCache<O> stages;
    private volatile @Nullable StageInformers<O> informers;

    /** @param workloadKind Kueue's Workload, where the cluster has it */
    public StageController(
            Kind kind,
            StagePass pass,
            Passes passes,
            Destinations destinations,
            JobStages ofJobs,
            Optional<GroupVersionKind> workloadKind) {
        this.kind = kind;
        this.pass = pass;
        this.passes = passes;
        this.destinations = destinations;
        this.ofJobs = ofJobs;
        this.workloadKind = workloadKind;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    List<EventSource<?, O>> prepare(EventSourceContext<O> context) {
        var prepared = new StageInformers<>(kind, context, workloadKind);
        stages = context.getPrimaryCache();
        destinations.watch(context.getPrimaryCache());
        informers = prepared;
        return Stream.concat(prepared.eventSources().stream(), Stream.of(ofJobs.watch(kind, context)))
                .toList();
    }

    /**
     * Whether an update of a stage is for its reconciler: a new generation, or a report of a worker that the status does not
     * tell of yet. It may soon have a checkpoint to lose; an attempt that is not told of does not count when its Job is
     * deleted.
     */
    public static boolean tells(LetheObject now, LetheObject before) {
        return !now.getMetadata().getGeneration().equals(before.getMetadata().getGeneration())
                || now.isMarkedForDeletion() != before.isMarkedForDeletion()
                || reports(ClusterDocuments.stageStatus(now), before);
    }

    private static boolean reports(@Nullable StageResourceStatus now, LetheObject before) {
        if (now == null || now.progress() == null || (now.phase() != null && now.phase() != Phase.Pending)) {
            return false;
        }
        var was = ClusterDocuments.stageStatus(before);
        return was == null || !now.progress().equals(was.progress());
    }

    UpdateControl<O> reconcile(O stage, Context<O> context) {
        var prepared = informers;
        if (prepared == null) {
            throw new IllegalStateException("event sources are prepared before anything is reconciled");
        }
        return passes.conclude(stage, context, now -> pass.run(stage, prepared, now));
    }

    @Override
    public Optional<LetheObject> stage(String namespace, String name) {
        var cache = stages;
        return cache == null
                ? Optional.empty()
                : cache.get(new ResourceID(name, namespace)).map(LetheObject.class::cast);
    }

    @Override
    public List<Pod> pods(LetheObject stage, String attempt) {
        var prepared = informers;
        return prepared == null
                ? List.of()
                : prepared.job(stage, attempt).map(prepared::pods).orElse(List.of());
    }
}
