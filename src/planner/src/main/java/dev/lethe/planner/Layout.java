package dev.lethe.planner;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.planner.recipe.InvalidSpec;
import java.nio.file.Path;
import java.util.Objects;

/** Where the stages of a job write: a folder for each, named after the stage. */
@FunctionalInterface
public interface Layout {
    /**
     * The URI of a stage's output.
     *
     * @param stage the short name, such as {@code train-over}
     */
    String output(Resource<UnlearningJobSpec, ?> job, String stage);

    /** {@code file:WORKDIR/stages/STAGE/output}. */
    static Layout local(Path workdir) {
        return (job, stage) -> "file:" + workdir.toAbsolutePath().resolve("stages", stage, "output");
    }

    /**
     * {@code pvc://CLAIM/JOB/UID/stages/STAGE/output}, in the claim of the job's workspace. The UID keeps jobs of the same
     * name apart.
     */
    static Layout cluster() {
        return (job, stage) -> {
            var workspace = job.spec().workspace();
            if (workspace == null) {
                throw new InvalidSpec("spec.workspace", "nothing", "the persistentVolumeClaim that the stages share");
            }
            return "pvc://%s/%s/%s/stages/%s/output"
                    .formatted(
                            workspace.persistentVolumeClaim(),
                            job.name(),
                            Objects.requireNonNull(job.metadata().uid(), "uid"),
                            stage);
        };
    }
}
