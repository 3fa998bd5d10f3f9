package dev.lethe.operator.job;

import dev.lethe.operator.cluster.LetheObject;
import java.util.List;
import java.util.Optional;

/** A job's stages, as the informers have them. */
public interface JobCache {
    /** A kind of stages that cannot be read in a namespace, whose jobs would take theirs for missing; empty where all can. */
    Optional<String> unread(String namespace);

    /** The stages that the job controls. */
    List<LetheObject> stages(LetheObject job);

    /** The stages that a job of that name made, and that nobody controls: a backup brings them back so. */
    List<LetheObject> orphans(LetheObject job);

    /** Makes a created stage visible here before the informer has it. */
    void rememberCreated(LetheObject stage);
}
