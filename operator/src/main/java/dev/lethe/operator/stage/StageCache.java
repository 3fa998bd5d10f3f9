package dev.lethe.operator.stage;

import dev.lethe.operator.cluster.LetheObject;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Optional;

/** What is known of a stage's attempts without asking the API server. */
public interface StageCache {
    /** The Job of that name, if the stage controls it. */
    Optional<Job> job(LetheObject stage, String name);

    List<Pod> pods(Job job);

    /** Those of all attempts at a stage, and at an earlier one of its name. */
    List<Pod> pods(LetheObject stage);

    /** Kueue's Workload of a Job, where there is one. */
    Optional<GenericKubernetesResource> workload(Job job);

    /** Remembers a Job until the API server tells of it. */
    void created(Job job);
}
