package dev.lethe.worker.report;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.stage.RunResult;
import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * All that a report shows. Only generations hold words of the rows; who adds none has a report without any.
 *
 * @param configuration the job as YAML
 * @param losses one curve for each specialist whose losses are there
 * @param trajectories of the specialists that trained until a target held
 * @param membership one for each system whose documents were measured
 * @param generations what was said to some rows; none in what leaves the work directory
 */
public record ReportInput(
        RunResult result,
        String configuration,
        List<LossCurve> losses,
        List<Trajectory> trajectories,
        List<MembershipLosses> membership,
        List<Generations> generations) {

    private static final String LOSSES = "losses.jsonl";
    private static final String TRAJECTORY = "trajectory.jsonl";
    private static final String DOCUMENTS = "documents.jsonl";

    /**
     * What a stage that ended well left behind.
     *
     * @param subject the specialist that was trained, or the system that was measured
     */
    public record StageFolder(String subject, Kind kind, Path folder) {
        /** That of a job's stage, by its short name: the subject of {@code train-over} is {@code over}. */
        public static StageFolder of(String stage, Kind kind, Path folder) {
            return new StageFolder(stage.substring(stage.indexOf('-') + 1), kind, folder);
        }

        /** A file of the folder itself, or of the folder of a suite inside it. */
        private Optional<Path> find(String file) {
            if (!Files.isDirectory(folder)) {
                return Optional.empty();
            }
            try (Stream<Path> found = Files.find(
                    folder, 2, (path, kind) -> path.getFileName().toString().equals(file))) {
                return found.sorted().findFirst();
            } catch (IOException e) {
                throw InvalidInput.unreadable(folder, e);
            }
        }
    }

    /**
     * Gathers what the stages of a run left behind; what is not there is left out.
     *
     * @param stages those that ended well
     * @throws InvalidInput where a file is there and cannot be read
     */
    public static ReportInput read(RunResult result, String configuration, List<StageFolder> stages) {
        return new ReportInput(
                result,
                configuration,
                each(stages, Kind.ModelTraining, LOSSES, LossCurve::read),
                each(stages, Kind.ModelTraining, TRAJECTORY, Trajectory::read),
                each(stages, Kind.ModelEvaluation, DOCUMENTS, MembershipLosses::read),
                List.of());
    }

    /** The same with what was said to some rows. */
    public ReportInput withGenerations(List<Generations> said) {
        return new ReportInput(result, configuration, losses, trajectories, membership, said);
    }

    private static <T> List<T> each(
            List<StageFolder> stages, Kind kind, String file, BiFunction<String, Path, T> read) {
        return stages.stream()
                .filter(stage -> stage.kind() == kind)
                .flatMap(stage -> stage.find(file).map(path -> read.apply(stage.subject(), path)).stream())
                .toList();
    }
}
