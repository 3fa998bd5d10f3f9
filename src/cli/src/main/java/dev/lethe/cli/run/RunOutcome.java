package dev.lethe.cli.run;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.RowsSource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.stage.ExitCode;
import dev.lethe.api.stage.RunResult;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.stage.StageResult.Input;
import dev.lethe.api.status.Condition;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.api.status.Verdict;
import dev.lethe.merge.file.AtomicFile;
import dev.lethe.planner.Layout;
import dev.lethe.planner.RunResults;
import dev.lethe.worker.FileUris;
import dev.lethe.worker.publication.ResultFile;
import dev.lethe.worker.report.Generations;
import dev.lethe.worker.report.HtmlReport;
import dev.lethe.worker.report.ReportInput;
import dev.lethe.worker.report.ReportInput.StageFolder;
import dev.lethe.worker.report.ResourceYaml;
import dev.lethe.worker.report.ResultTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a run stands: its numbers, its exit code and its reports.
 *
 * @param result every number and digest
 */
public record RunOutcome(Resource<UnlearningJobSpec, UnlearningJobStatus> job, RunResult result, Workdir workdir) {
    private static final Set<Integer> TELLING =
            Set.of(ExitCode.INVALID_INPUT.code(), ExitCode.REFUSED.code(), ExitCode.TEMPORARY.code());

    /**
     * The outcome of a run that has begun, finished or not, from its work directory.
     *
     * @throws dev.lethe.merge.RefusedInput where a stage's result is not what the stage told of
     */
    public static RunOutcome of(Workdir workdir) {
        RunState state = new RunState(workdir);
        Resource<UnlearningJobSpec, UnlearningJobStatus> job = state.begunJob();
        Map<String, StageResult> results = new TreeMap<>();
        for (Resource<StageSpec, StageResourceStatus> stage : state.stages()) {
            if (stage.status() != null && stage.status().result() != null) {
                Path output = FileUris.path(stage.spec().outputUri());
                results.put(
                        RunState.shortName(stage),
                        ResultFile.verified(output, stage.status().result()));
            }
        }
        RunResult result = RunResults.compose(job, status(job), Layout.local(workdir.root()), results);
        return new RunOutcome(job, result, workdir);
    }

    /**
     * Writes {@code result.json} and {@code report.html}.
     *
     * @param text whether the report shows what was said to some rows in words
     */
    public void write(boolean text) {
        AtomicFile.write(workdir.result(), Documents.json(result));
        List<StageFolder> stages = finished();
        List<Generations> said = Stream.of(
                        generations("forget", job.spec().forget(), stages, text),
                        generations("retain", job.spec().retain(), stages, text))
                .flatMap(Optional::stream)
                .toList();
        HtmlReport.write(
                ReportInput.read(result, ResourceYaml.of(job), stages).withGenerations(said), workdir.report());
    }

    /** @param source null where the model made the rows */
    private Optional<Generations> generations(
            String set, @Nullable RowsSource source, List<StageFolder> stages, boolean text) {
        Input read = result.inputs().get(set);
        return read == null
                ? Optional.empty()
                : Generations.read(
                        set,
                        FileUris.path(FetchedSources.of(workdir).mounts().path(read.uri())),
                        read.digest(),
                        source == null ? null : source.columns(),
                        stages,
                        text);
    }

    private List<StageFolder> finished() {
        return result.stages().stream()
                .filter(stage -> stage.phase() == Phase.Succeeded)
                .map(stage -> StageFolder.of(
                        stage.name(), stage.kind(), workdir.stages().resolve(stage.name(), "output")))
                .toList();
    }

    /** What a terminal shows at the end. */
    public String table() {
        return ResultTable.render(result, workdir.result(), workdir.report());
    }

    /** What {@code lethe run} exits with. */
    public int exitCode() {
        if (result.verdict() == Verdict.Passed && status(job).phase() == Phase.Succeeded) {
            return ExitCode.DONE.code();
        }
        return new RunState(workdir)
                .stages().stream()
                        .map(RunOutcome::telling)
                        .filter(code -> code != 0)
                        .findFirst()
                        .orElse(ExitCode.FAILED.code());
    }

    /** Why the job did not succeed, in the planner's words; empty where it did. */
    public String reason() {
        return status(job).phase() == Phase.Succeeded
                ? ""
                : status(job).conditions().stream()
                        .map(Condition::message)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse("");
    }

    /** The exit code of a stage's failure that says what to do about it, 0 of any other. */
    private static int telling(Resource<StageSpec, StageResourceStatus> stage) {
        StageResourceStatus status = stage.status();
        if (status == null
                || status.phase() != Phase.Failed
                || status.attempts().isEmpty()) {
            return 0;
        }
        Integer code = status.attempts().getLast().exitCode();
        return code != null && TELLING.contains(code) ? code : 0;
    }

    private static UnlearningJobStatus status(Resource<UnlearningJobSpec, UnlearningJobStatus> job) {
        return Objects.requireNonNull(job.status());
    }
}
