package dev.lethe.operator.job;

import dev.lethe.operator.cluster.LetheObject;
import java.util.List;

/** What is known of a job's stages without asking the API server. */
public interface JobCache {
    /** The stages that the job controls. */
    List<LetheObject> stages(LetheObject job);

    /** Remembers a stage until the API server tells of it. */
    void created(LetheObject stage);
}
