package dev.lethe.planner.stage;

import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.status.Attempt;
import dev.lethe.planner.recipe.Resolver;

/** Makes a worker's input: the spec with every default filled in and every URI as a mounted path. */
public record StageFiles(Mounts mounts) {
    /**
     * The file of one attempt, without the settings for pods.
     *
     * @throws dev.lethe.planner.recipe.InvalidSpec if the spec cannot run
     */
    public StageFile of(Resource<? extends StageSpec, ?> stage, Attempt attempt) {
        var spec = Resolver.resolve(stage.spec()).withUris(mounts::path).withExecution(Execution.ABSENT);
        return new StageFile(
                StageFile.API_VERSION, stage.kind(), stage.name(), attempt.name(), spec, ChainId.of(stage.metadata()));
    }
}
