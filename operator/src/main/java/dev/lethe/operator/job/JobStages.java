package dev.lethe.operator.job;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.status.Phase;
import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.cluster.LetheObject.UnlearningJob;
import dev.lethe.operator.cluster.Ownership;
import dev.lethe.planner.status.Conditions;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.dependent.RecentOperationCacheFiller;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The stages of jobs, as the informers of the stages' own controllers have them: the operator watches and holds each stage once.
 * A job looks when one of its stages appears, changes or goes.
 */
public final class JobStages extends AbstractEventSource<LetheObject, UnlearningJob> implements JobCache {
    private static final String BY_JOB = "job";

    private final Map<Kind, StagesOfOneKind<?>> kinds = new ConcurrentHashMap<>();

    public JobStages() {
        super(LetheObject.class, "stages");
    }

    /** Looks at the stages of one kind from now on. Their controller starts what is returned after its own informer. */
    public <O extends LetheObject> EventSource<?, O> watch(Kind kind, EventSourceContext<O> context) {
        var stages = new StagesOfOneKind<>(context);
        kinds.put(kind, stages);
        return stages;
    }

    /** Whether the stages of every kind are known: a job that looks before would take its stages for missing. */
    boolean known() {
        return EnumSet.complementOf(EnumSet.of(Kind.UnlearningJob)).stream()
                .map(kinds::get)
                .allMatch(stages -> stages != null && stages.isRunning());
    }

    @Override
    public List<LetheObject> stages(LetheObject job) {
        return kinds.values().stream()
                .<LetheObject>flatMap(stages -> stages.of(job))
                .toList();
    }

    @Override
    public Set<LetheObject> getSecondaryResources(UnlearningJob job) {
        return Set.copyOf(stages(job));
    }

    @Override
    public void created(LetheObject stage) {
        var stages = kinds.get(stage.kind());
        if (stages != null) {
            stages.created(stage);
        }
    }

    private void look(LetheObject stage) {
        var handler = getEventHandler();
        // A job that cannot be told yet has not been looked at yet.
        if (handler != null) {
            Ownership.controllers(stage)
                    .filter(owner -> owner.getKind().equals(Kind.UnlearningJob.name()))
                    .map(owner ->
                            new ResourceID(owner.getName(), stage.getMetadata().getNamespace()))
                    .forEach(job -> handler.handleEvent(new Event(job)));
        }
    }

    private static List<String> jobs(LetheObject stage) {
        return Ownership.controllers(stage).map(OwnerReference::getUid).toList();
    }

    /**
     * Whether a job should look at once. That a stage has begun, and how far it is, waits for the job's next look: a job
     * would else write its status for each of its stages' writes.
     */
    private static boolean tells(LetheObject now, LetheObject before) {
        var is = ClusterDocuments.stageStatus(now);
        var was = ClusterDocuments.stageStatus(before);
        if (is == null || was == null) {
            return is != null || was != null;
        }
        var told = is.phase() == was.phase()
                && Conditions.reason(is.conditions()).equals(Conditions.reason(was.conditions()));
        return (is.phase() != Phase.Running && !told)
                || !now.getMetadata()
                        .getGeneration()
                        .equals(before.getMetadata().getGeneration())
                || now.isMarkedForDeletion();
    }

    /** An event source of the stages' controller, since such a one hears of what happens to its stages. */
    private final class StagesOfOneKind<O extends LetheObject> extends AbstractEventSource<UnlearningJob, O>
            implements ResourceEventAware<O> {
        private final Class<O> type;
        private final IndexerResourceCache<O> cache;
        private final RecentOperationCacheFiller<O> recent;

        /** By the UID of their job: stages that were created and that no index may have yet. */
        private final Map<String, Set<ResourceID>> created = new ConcurrentHashMap<>();

        @SuppressWarnings("unchecked") // the cache of a controller is its event source
        StagesOfOneKind(EventSourceContext<O> context) {
            super(UnlearningJob.class, "unlearningjobs");
            type = context.getPrimaryResourceClass();
            cache = context.getPrimaryCache();
            recent = (RecentOperationCacheFiller<O>) cache;
            cache.addIndexers(Map.of(BY_JOB, JobStages::jobs));
        }

        Stream<O> of(LetheObject job) {
            var uid = job.getMetadata().getUid();
            var indexed = cache.byIndex(BY_JOB, uid).stream()
                    .map(ResourceID::fromResource)
                    .toList();
            created.computeIfPresent(uid, (key, ids) -> without(ids, indexed));
            return Stream.concat(indexed.stream(), created.getOrDefault(uid, Set.of()).stream())
                    .distinct()
                    // An index does not have what was written a moment ago.
                    .flatMap(id -> cache.get(id).stream())
                    .filter(stage -> Ownership.controls(job, stage));
        }

        private Set<ResourceID> without(Set<ResourceID> ids, Collection<ResourceID> indexed) {
            ids.removeIf(id -> indexed.contains(id) || cache.get(id).isEmpty());
            return ids.isEmpty() ? null : ids;
        }

        void created(LetheObject stage) {
            var id = ResourceID.fromResource(stage);
            recent.handleRecentResourceCreate(id, type.cast(stage));
            jobs(stage).forEach(job -> created.computeIfAbsent(job, key -> ConcurrentHashMap.newKeySet())
                    .add(id));
        }

        @Override
        public Set<UnlearningJob> getSecondaryResources(O stage) {
            return Set.of();
        }

        @Override
        public void onResourceCreated(O stage) {
            look(stage);
        }

        @Override
        public void onResourceUpdated(O now, O before) {
            if (tells(now, before)) {
                look(now);
            }
        }

        @Override
        public void onResourceDeleted(O stage) {
            look(stage);
        }
    }
}
