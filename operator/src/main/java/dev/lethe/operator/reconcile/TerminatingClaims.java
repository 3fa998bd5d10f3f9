package dev.lethe.operator.reconcile;

import dev.lethe.operator.cluster.ClusterClient;
import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.cluster.LetheObject.UnlearningJob;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Claims that somebody has deleted. Kubernetes keeps a claim as long as a pod names it, one that has ended too, so the ended
 * stages that name it are woken to let it go. All kinds of stages share one informer.
 */
public final class TerminatingClaims {
    private static final String BY_CLAIM = "claim";

    /** Where a spec names a claim: in a URI, as its workspace, or as a volume of one's own. */
    private static final Pattern NAMED = Pattern.compile("pvc://([^/\"]+)/|\"persistentVolumeClaim\":\"([^\"]+)\"");

    private final List<StagesOfKind<?>> kinds = new CopyOnWriteArrayList<>();
    private volatile @Nullable InformerEventSource<PersistentVolumeClaim, UnlearningJob> claims;

    /** The informer, for the controller of jobs to start. It wakes no job. */
    public EventSource<?, UnlearningJob> informer(EventSourceContext<UnlearningJob> context) {
        var informer = new InformerEventSource<PersistentVolumeClaim, UnlearningJob>(
                InformerEventSourceConfiguration.from(PersistentVolumeClaim.class, UnlearningJob.class)
                        .withName("claims")
                        .withInformerListLimit(ClusterClient.PAGE)
                        .withNamespacesInheritedFromController()
                        .withSecondaryToPrimaryMapper(this::wakeStages)
                        .build(),
                context);
        claims = informer;
        return informer;
    }

    /** Includes the stages of one kind, whose controller registers what is returned. */
    public <O extends LetheObject> EventSource<?, O> watch(EventSourceContext<O> context) {
        var stages = new StagesOfKind<>(context);
        kinds.add(stages);
        return stages;
    }

    /** Whether a claim that an object names is only waiting for its last pod to go. */
    public boolean namedBy(LetheObject object) {
        var informer = claims;
        return informer != null
                && names(object).anyMatch(name -> informer.get(
                                new ResourceID(name, object.getMetadata().getNamespace()))
                        .filter(PersistentVolumeClaim::isMarkedForDeletion)
                        .isPresent());
    }

    private Set<ResourceID> wakeStages(PersistentVolumeClaim claim) {
        if (claim.isMarkedForDeletion()) {
            kinds.forEach(stages -> stages.wake(ResourceID.fromResource(claim)));
        }
        return Set.of();
    }

    /** The claims that an object names, each as often as it does. */
    static Stream<String> names(LetheObject object) {
        return object.getSpec() == null
                ? Stream.empty()
                : NAMED.matcher(object.getSpec().text())
                        .results()
                        .map(found -> found.group(1) == null ? found.group(2) : found.group(1));
    }

    /** An event source of the stages' controller, as only that may wake them. */
    private static final class StagesOfKind<O extends LetheObject>
            extends AbstractEventSource<PersistentVolumeClaim, O> {
        private final IndexerResourceCache<O> cache;

        StagesOfKind(EventSourceContext<O> context) {
            super(PersistentVolumeClaim.class, "terminating-claims");
            cache = context.getPrimaryCache();
            cache.addIndexers(Map.of(BY_CLAIM, stage -> names(stage)
                    .distinct()
                    .map(name -> new ResourceID(name, stage.getMetadata().getNamespace()).toString())
                    .toList()));
        }

        void wake(ResourceID claim) {
            var handler = getEventHandler();
            // Without a handler the controller has not started: it reconciles every stage when it does.
            if (handler != null) {
                cache.byIndex(BY_CLAIM, claim.toString()).stream()
                        .filter(ClusterDocuments::ended)
                        .forEach(stage -> handler.handleEvent(new Event(ResourceID.fromResource(stage))));
            }
        }

        @Override
        public Set<PersistentVolumeClaim> getSecondaryResources(O stage) {
            return Set.of();
        }
    }
}
