package dev.lethe.planner;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Labels that name a stage within its job: on the stage resource and, in a cluster, on its Jobs and pods. */
public final class StageLabels {
    /** The name of the UnlearningJob that the stage belongs to. */
    public static final String JOB = "lethe.dev/job";

    /** The stage's short name, such as {@code train-over}: what the job's status calls it. */
    public static final String STAGE = "lethe.dev/stage";

    private StageLabels() {}

    /**
     * The name of the job that made a stage, by its labels and its own name; empty for a stage that its user made, whatever
     * labels it has.
     */
    public static Optional<String> jobOf(String name, @Nullable Map<String, String> labels) {
        var job = labels == null ? null : labels.get(JOB);
        var stage = labels == null ? null : labels.get(STAGE);
        return job != null && stage != null && name.equals(ResourceName.stage(job, stage))
                ? Optional.of(job)
                : Optional.empty();
    }
}
