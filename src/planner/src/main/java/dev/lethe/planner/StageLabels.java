package dev.lethe.planner;

/** Labels that name a stage within its job: on the stage resource and, in a cluster, on its Jobs and pods. */
public final class StageLabels {
    /** The name of the UnlearningJob that the stage belongs to. */
    public static final String JOB = "lethe.dev/job";

    /** The stage's short name, such as {@code train-over}: what the job's status calls it. */
    public static final String STAGE = "lethe.dev/stage";

    private StageLabels() {}
}
