package dev.lethe.operator.stage;

import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.observation.Queue;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Optional;

/** A stage's Jobs and pods, as the informers have them. */
public interface StageCache {
    /** What of a namespace cannot be read, though nothing is known of its stages without it; empty where all can. */
    Optional<String> unread(String namespace);

    /** The Job of that name, if the stage controls it. */
    Optional<Job> job(LetheObject stage, String name);

    List<Pod> pods(Job job);

    /** The pods of all attempts at a stage, and at an earlier stage of its name. */
    List<Pod> pods(LetheObject stage);

    Queue queue(Job job);

    /** Makes a created Job visible here before the informer has it. */
    void rememberCreated(Job job);
}
