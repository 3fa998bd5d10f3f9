package dev.lethe.operator.job;

import dev.lethe.api.status.Phase;
import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.cluster.LetheObject.UnlearningJob;
import dev.lethe.operator.cluster.Ownership;
import dev.lethe.pipeline.status.Conditions;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import java.util.stream.Stream;

/** The informer of one kind of stages, as jobs look at it. */
record StageInformer<S extends LetheObject>(Class<S> type, InformerEventSource<S, UnlearningJob> source) {
    /** Objects that a list returns at once. */
    private static final long PAGE = 500;

    static <S extends LetheObject> StageInformer<S> of(Class<S> type, EventSourceContext<UnlearningJob> context) {
        var configuration = InformerEventSourceConfiguration.from(type, UnlearningJob.class)
                .withName(type.getSimpleName())
                .withInformerListLimit(PAGE)
                .withNamespacesInheritedFromController()
                .withOnUpdateFilter(StageInformer::tells)
                .withSecondaryToPrimaryMapper(Mappers.fromOwnerReferences(UnlearningJob.class))
                .build();
        return new StageInformer<>(type, new InformerEventSource<>(configuration, context));
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

    Stream<S> stages(UnlearningJob job) {
        return source.getSecondaryResources(job).stream().filter(stage -> Ownership.controls(job, stage));
    }

    /** Remembers a stage of this kind until the API server tells of it. */
    void created(LetheObject stage) {
        if (type.isInstance(stage)) {
            source.handleRecentResourceCreate(ResourceID.fromResource(stage), type.cast(stage));
        }
    }
}
