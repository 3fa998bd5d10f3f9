package dev.lethe.operator.stage;

import dev.lethe.api.resource.Kind;
import dev.lethe.operator.cluster.LetheObject;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;

/** The stages of one kind and their pods, as informers have them. */
public interface StageSource {
    Kind kind();

    Optional<LetheObject> stage(String namespace, String name);

    Optional<Pod> pod(String namespace, String name);
}
