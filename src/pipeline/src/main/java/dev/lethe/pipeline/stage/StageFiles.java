package dev.lethe.pipeline.stage;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.status.Attempt;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes what a worker is told: the spec with every default filled and every URI mounted.
 *
 * @param progressUrl where the worker of a stage posts its progress; null for nowhere
 */
public record StageFiles(Mounts mounts, Function<Resource<? extends StageSpec, ?>, @Nullable String> progressUrl) {
    /** For workers on this machine, which keep their progress in files. */
    public static StageFiles local(Path manifestFolder) {
        return new StageFiles(Mounts.local(manifestFolder), stage -> null);
    }

    /**
     * The file of one attempt.
     *
     * @throws dev.lethe.pipeline.recipe.InvalidSpec if the spec cannot run
     */
    public StageFile of(Resource<? extends StageSpec, ?> stage, Attempt attempt) {
        var spec = new MountedSpec(mounts).of(StageDefaults.fill(stage.spec()));
        return new StageFile(
                StageFile.API_VERSION, stage.kind(), stage.name(), attempt.name(), spec, progressUrl.apply(stage));
    }
}
