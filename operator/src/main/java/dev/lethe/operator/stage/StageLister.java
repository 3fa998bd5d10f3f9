package dev.lethe.operator.stage;

import dev.lethe.api.resource.Kind;
import dev.lethe.operator.cluster.LetheObject;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;

/** Reads the stages of one kind and their pods from the informers. */
public interface StageLister {
    Kind kind();

    Optional<LetheObject> stage(String namespace, String name);

    /** The pods of one attempt at a stage. */
    List<Pod> pods(LetheObject stage, String attempt);
}
