package dev.lethe.operator.job;

import dev.lethe.operator.cluster.LetheObject;
import java.util.List;

/** A job's stages, as the informers have them. */
public interface JobCache {
    /** The stages that the job controls. */
    List<LetheObject> stages(LetheObject job);

    /** The stages that a job of that name made, and that nobody controls: a backup brings them back so. */
    List<LetheObject> orphans(LetheObject job);

    /** Makes a created stage visible here before the informer has it. */
    void rememberCreated(LetheObject stage);
}
