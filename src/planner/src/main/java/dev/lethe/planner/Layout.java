package dev.lethe.planner;

import dev.lethe.api.resource.Location;
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
        return (job, stage) -> new Location.File(workdir.toAbsolutePath()
                        .resolve("stages", stage, "output")
                        .toString())
                .uri();
    }

    /**
     * {@code pvc://CLAIM/JOB/UID/stages/STAGE/output}, in the claim of the job's workspace. The UID keeps jobs of the same
     * name apart.
     */
    static Layout cluster() {
        return (job, stage) -> {
            var workspace = job.spec().execution().workspace();
            if (workspace == null) {
                throw new InvalidSpec("spec.workspace", "nothing", "the persistentVolumeClaim that the stages share");
            }
            var uid = Objects.requireNonNull(job.metadata().uid(), "uid");
            var path = "%s/%s/stages/%s/output".formatted(job.name(), uid, stage);
            return new Location.Claim(workspace.persistentVolumeClaim(), path).uri();
        };
    }
}
