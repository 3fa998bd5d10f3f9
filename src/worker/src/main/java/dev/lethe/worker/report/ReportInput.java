package dev.lethe.worker.report;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.stage.RunResult;
import dev.lethe.api.status.StageSummary;
import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All that a report shows. None of it holds a word of the rows.
 *
 * @param configuration the job as YAML
 * @param losses one curve for each specialist whose losses are there
 * @param membership one for each system whose documents were measured
 */
public record ReportInput(
        RunResult result, String configuration, List<LossCurve> losses, List<MembershipLosses> membership) {

    private static final String LOSSES = "losses.jsonl";
    private static final String DOCUMENTS = "documents.jsonl";

    /**
     * Gathers what the stages of a run left behind; what is not there is left out.
     *
     * @param stages the folder with {@code STAGE/output/} of each stage
     * @throws InvalidInput where a file is there and cannot be read
     */
    public static ReportInput read(RunResult result, String configuration, Path stages) {
        List<LossCurve> losses = finished(result, Kind.ModelTraining)
                .flatMap(
                        stage -> find(stages, stage, LOSSES).map(file -> LossCurve.read(subject(stage), file)).stream())
                .toList();
        List<MembershipLosses> membership = finished(result, Kind.ModelEvaluation)
                .flatMap(stage ->
                        find(stages, stage, DOCUMENTS)
                                .map(file -> MembershipLosses.read(subject(stage), file))
                                .stream())
                .toList();
        return new ReportInput(result, configuration, losses, membership);
    }

    private static Stream<StageSummary> finished(RunResult result, Kind kind) {
        return result.stages().stream().filter(stage -> stage.kind() == kind && stage.finished() != null);
    }

    /** The specialist of {@code train-over}, the system of {@code eval-merge}. */
    private static String subject(StageSummary stage) {
        return stage.name().substring(stage.name().indexOf('-') + 1);
    }

    /** In the output folder itself, or in the folder of a suite inside it. */
    private static Optional<Path> find(Path stages, StageSummary stage, String name) {
        Path output = stages.resolve(stage.name()).resolve("output");
        if (!Files.isDirectory(output)) {
            return Optional.empty();
        }
        try (Stream<Path> found = Files.find(
                output, 2, (path, kind) -> path.getFileName().toString().equals(name))) {
            return found.sorted().findFirst();
        } catch (IOException e) {
            throw InvalidInput.unreadable(output, e);
        }
    }
}
