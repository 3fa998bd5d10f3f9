package dev.lethe.operator.job;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.status.Phase;
import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.cluster.LetheObject.UnlearningJob;
import dev.lethe.operator.cluster.Ownership;
import dev.lethe.operator.cluster.Reads;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Wakes a job when one of its stages appears, changes or goes. The stages are read from the informers of their own controllers,
 * so that the operator watches and holds each stage only once.
 */
public final class JobStageEventSource extends AbstractEventSource<LetheObject, UnlearningJob> implements JobCache {
    private static final String BY_JOB = "job";

    private final Map<Kind, StagesOfKind<?>> kinds = new ConcurrentHashMap<>();

    public JobStageEventSource() {
        super(LetheObject.class, "stages");
    }

    /** Includes the stages of one kind. Their controller registers the returned event source, which starts after its informer. */
    public <O extends LetheObject> EventSource<?, O> watch(Kind kind, EventSourceContext<O> context) {
        var stages = new StagesOfKind<>(context);
        kinds.put(kind, stages);
        return stages;
    }

    /** Whether the informers of every kind of stage have been started. */
    boolean started() {
        return EnumSet.complementOf(EnumSet.of(Kind.UnlearningJob)).stream()
                .map(kinds::get)
                .allMatch(stages -> stages != null && stages.isRunning());
    }

    @Override
    public Optional<String> unread(String namespace) {
        return kinds.entrySet().stream()
                .filter(kind -> !Reads.namespace(kind.getValue().cache, namespace))
                .map(kind -> LetheObject.of(kind.getKey()).getPlural())
                .findFirst();
    }

    @Override
    public List<LetheObject> stages(LetheObject job) {
        return kinds.values().stream()
                .<LetheObject>flatMap(stages -> stages.of(job))
                .toList();
    }

    @Override
    public List<LetheObject> orphans(LetheObject job) {
        return kinds.values().stream()
                .<LetheObject>flatMap(stages -> stages.orphansOf(job))
                .toList();
    }

    @Override
    public Set<LetheObject> getSecondaryResources(UnlearningJob job) {
        return Set.copyOf(stages(job));
    }

    @Override
    public void rememberCreated(LetheObject stage) {
        var stages = kinds.get(stage.kind());
        if (stages != null) {
            stages.rememberCreated(stage);
        }
    }

    private void wakeJob(LetheObject stage) {
        var handler = getEventHandler();
        // Without a handler the controller has not started: it reconciles every job when it does.
        if (handler != null) {
            var owners = Ownership.controllers(stage)
                    .filter(owner -> owner.getKind().equals(Kind.UnlearningJob.name()))
                    .map(OwnerReference::getName);
            Stream.concat(owners, Ownership.orphanOf(stage).stream())
                    .map(job -> new ResourceID(job, stage.getMetadata().getNamespace()))
                    .forEach(job -> handler.handleEvent(new Event(job)));
        }
    }

    private static List<String> jobUids(LetheObject stage) {
        return Ownership.controllers(stage).map(OwnerReference::getUid).toList();
    }

    /** By its job's UID, or by its job's name where it has lost its owner. */
    private static List<String> keys(LetheObject stage) {
        return Ownership.orphanOf(stage)
                .map(job -> List.of(new ResourceID(job, stage.getMetadata().getNamespace()).toString()))
                .orElseGet(() -> jobUids(stage));
    }

    /**
     * Whether an update of a stage wakes its job at once. That a stage runs, and its progress, can wait for the job's next
     * reconciliation: otherwise the job would write its status whenever a stage does.
     */
    private static boolean wakesJob(LetheObject now, LetheObject before) {
        var is = ClusterDocuments.stageStatus(now);
        var was = ClusterDocuments.stageStatus(before);
        if (is == null || was == null) {
            return is != null || was != null;
        }
        var same = is.phase() == was.phase()
                && Conditions.reason(is.conditions()).equals(Conditions.reason(was.conditions()));
        return (is.phase() != Phase.Running && !same)
                || !now.getMetadata()
                        .getGeneration()
                        .equals(before.getMetadata().getGeneration())
                || now.isMarkedForDeletion();
    }

    /** An event source of the stages' controller, as only those are notified of its stages. */
    private final class StagesOfKind<O extends LetheObject> extends AbstractEventSource<UnlearningJob, O>
            implements ResourceEventAware<O> {
        private final Class<O> type;
        private final IndexerResourceCache<O> cache;
        private final RecentOperationCacheFiller<O> recentCache;

        /** Created stages that the index may not have yet, by the UID of their job. */
        private final Map<String, Set<ResourceID>> created = new ConcurrentHashMap<>();

        @SuppressWarnings("unchecked") // the primary cache is the controller's event source
        StagesOfKind(EventSourceContext<O> context) {
            super(UnlearningJob.class, "unlearningjobs");
            type = context.getPrimaryResourceClass();
            cache = context.getPrimaryCache();
            recentCache = (RecentOperationCacheFiller<O>) cache;
            cache.addIndexers(Map.of(BY_JOB, JobStageEventSource::keys));
        }

        Stream<O> of(LetheObject job) {
            var uid = job.getMetadata().getUid();
            var indexed = cache.byIndex(BY_JOB, uid).stream()
                    .map(ResourceID::fromResource)
                    .toList();
            created.computeIfPresent(uid, (key, ids) -> withoutIndexed(ids, indexed));
            return Stream.concat(indexed.stream(), created.getOrDefault(uid, Set.of()).stream())
                    .distinct()
                    // By id, as the index lags behind the cache.
                    .flatMap(id -> cache.get(id).stream())
                    .filter(stage -> Ownership.controls(job, stage));
        }

        Stream<O> orphansOf(LetheObject job) {
            return cache.byIndex(BY_JOB, ResourceID.fromResource(job).toString()).stream()
                    .filter(stage -> !stage.isMarkedForDeletion());
        }

        private Set<ResourceID> withoutIndexed(Set<ResourceID> ids, Collection<ResourceID> indexed) {
            ids.removeIf(id -> indexed.contains(id) || cache.get(id).isEmpty());
            return ids.isEmpty() ? null : ids;
        }

        void rememberCreated(LetheObject stage) {
            var id = ResourceID.fromResource(stage);
            recentCache.handleRecentResourceCreate(id, type.cast(stage));
            jobUids(stage).forEach(uid -> created.computeIfAbsent(uid, key -> ConcurrentHashMap.newKeySet())
                    .add(id));
        }

        @Override
        public Set<UnlearningJob> getSecondaryResources(O stage) {
            return Set.of();
        }

        @Override
        public void onResourceCreated(O stage) {
            wakeJob(stage);
        }

        @Override
        public void onResourceUpdated(O now, O before) {
            if (wakesJob(now, before)) {
                wakeJob(now);
            }
        }

        @Override
        public void onResourceDeleted(O stage) {
            wakeJob(stage);
        }
    }
}
