package dev.lethe.operator.cluster;

import dev.lethe.planner.StageLabels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.Optional;
import java.util.stream.Stream;

/** Owner references, compared by UID: a name may have belonged to another object before. */
public final class Ownership {
    private Ownership() {}

    /** Whether {@code owner} is the controller of {@code object}. */
    public static boolean controls(HasMetadata owner, HasMetadata object) {
        return controllers(object)
                .anyMatch(reference ->
                        reference.getUid().equals(owner.getMetadata().getUid()));
    }

    /** The name of the job that made a stage and is its controller no longer, as after a restore from a backup. */
    public static Optional<String> orphanOf(HasMetadata stage) {
        return controllers(stage).findAny().isPresent()
                ? Optional.empty()
                : StageLabels.jobOf(
                        stage.getMetadata().getName(), stage.getMetadata().getLabels());
    }

    /** The controller references of {@code object}: at most one, by the API server's rule. */
    public static Stream<OwnerReference> controllers(HasMetadata object) {
        return object.getMetadata().getOwnerReferences().stream()
                .filter(reference -> Boolean.TRUE.equals(reference.getController()));
    }
}
