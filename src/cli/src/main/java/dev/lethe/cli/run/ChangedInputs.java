package dev.lethe.cli.run;

import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.digest.FileDigests;
import dev.lethe.worker.FileUris;
import dev.lethe.worker.Problems;
import dev.lethe.worker.stage.StageInputs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Checks that what a job reads has not changed since it was prepared: a run has one content of every file. */
final class ChangedInputs {
    private ChangedInputs() {}

    /**
     * Refuses to go on in a work directory whose run was begun with other content.
     *
     * @param preparation of the job, with absolute URIs
     * @param stages of the run so far
     * @throws Problems naming everything that has changed
     */
    static void refuse(
            ModelPreparationSpec preparation,
            List<Resource<StageSpec, StageResourceStatus>> stages,
            FileDigests digests) {
        Map<String, String> then = stages.stream()
                .filter(stage -> stage.spec() instanceof ModelPreparationSpec)
                .map(Resource::status)
                .filter(Objects::nonNull)
                .map(StageResourceStatus::inputs)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(Map.of());
        Problems.Collector problems = new Problems.Collector();
        preparation.sources().forEach((role, source) -> {
            String known = then.get(role);
            Path path = FileUris.path(source.uri());
            if (known != null && Files.exists(path)) { // a stage that needs what is gone says so
                problems.check(() -> requireSame(role, path, known, digests));
            }
        });
        problems.raise();
    }

    private static void requireSame(String role, Path path, String then, FileDigests digests) {
        String now = StageInputs.digest(path, digests);
        if (!now.equals(then)) {
            throw InvalidInput.at(
                    path.toString(),
                    role,
                    now,
                    then
                            + ", as when this run began; put that back to go on, or choose another --workdir for what it is now");
        }
    }
}
