package dev.lethe.cli.command;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.stage.ExitCode;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.status.Attempt;
import dev.lethe.cli.manifest.Manifests;
import dev.lethe.cli.progress.ProgressText;
import dev.lethe.cli.progress.ProgressView;
import dev.lethe.cli.run.FetchedSources;
import dev.lethe.cli.run.RunLock;
import dev.lethe.planner.stage.StageFiles;
import dev.lethe.worker.Failure;
import dev.lethe.worker.FileUris;
import dev.lethe.worker.StopSignal;
import dev.lethe.worker.report.HeadlineMetric;
import dev.lethe.worker.report.ResultTable;
import dev.lethe.worker.stage.ProgressReport;
import dev.lethe.worker.stage.StageContext;
import dev.lethe.worker.stage.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Runs one stage alone: one attempt, in this process. Started again, it continues. */
final class SingleStage {
    private SingleStage() {}

    static int run(Kind kind, Path manifest, PlainOption plain) {
        return run(kind, manifest, plain, context -> context);
    }

    /** @param bounds within which the stage works */
    static int run(Kind kind, Path manifest, PlainOption plain, UnaryOperator<StageContext> bounds) {
        return run(
                kind,
                manifest,
                plain,
                (file, alone) -> summary(Worker.run(file, bounds.apply(alone)).result()));
    }

    /** A merge that writes weights and no result. */
    static int mergeWeightsOnly(Path manifest, PlainOption plain, UnaryOperator<StageContext> bounds) {
        return run(Kind.ModelMerge, manifest, plain, (file, alone) -> Worker.mergeWeightsOnly(
                        file, (ModelMergeSpec) file.spec(), bounds.apply(alone))
                .toString());
    }

    /** @param work runs the stage, and returns what is printed */
    private static int run(
            Kind kind, Path manifest, PlainOption plain, BiFunction<StageFile, StageContext, String> work) {
        StopSignal stop = StopSignal.ofProcess();
        try (ProgressView view = plain.view()) {
            StageFile file = file(kind, manifest, view, stop);
            try (RunLock _ = RunLock.ofDestination(FileUris.path(file.spec().outputUri()));
                    ProgressReport report = ProgressReport.of(file)) {
                view.started(file.name());
                System.out.println(carryOut(file, stop, view, report, work));
                return ExitCode.DONE.code();
            }
        } finally {
            stop.settled();
        }
    }

    /** What the stage would do, after all checks. */
    static int preview(Path manifest, PlainOption plain) {
        StopSignal stop = StopSignal.ofProcess();
        try (ProgressView view = plain.view()) {
            StageFile file = file(Kind.ModelMerge, manifest, view, stop);
            System.out.println(Worker.preview(file, (ModelMergeSpec) file.spec()));
            return ExitCode.DONE.code();
        } finally {
            stop.settled();
        }
    }

    /** The stage as a worker is told it, once what it reads from elsewhere is here. */
    @SuppressWarnings("unchecked") // fetching changes URIs and no type
    private static StageFile file(Kind kind, Path manifest, ProgressView view, StopSignal stop) {
        Resource<StageSpec, ?> stage = Manifests.stage(manifest, kind);
        FetchedSources sources = FetchedSources.NONE.fetch(stage, System.getenv(), view, stop);
        return new StageFiles(sources.mounts())
                .of((Resource<StageSpec, ?>) sources.pinned(stage), onlyAttempt(stage.name()));
    }

    private static String carryOut(
            StageFile file,
            StopSignal stop,
            ProgressView view,
            ProgressReport report,
            BiFunction<StageFile, StageContext, String> work) {
        Instant started = Instant.now();
        try {
            StageContext alone = StageContext.standalone(stop, progress -> {
                report.accept(progress);
                view.progressed(file.name(), progress);
            });
            String said = work.apply(file, alone);
            view.ended(file.name(), "done in " + ProgressText.clock(Duration.between(started, Instant.now())));
            return said;
        } catch (RuntimeException e) {
            view.ended(file.name(), Failure.of(e).message());
            throw e;
        }
    }

    private static Attempt onlyAttempt(String stage) {
        return new Attempt(stage, 1, Attempt.State.Running, null, null, null, true, null, null);
    }

    /** What is printed at the end: metrics, gates, and what was made. */
    private static String summary(StageResult result) {
        String metrics = result.metrics().entrySet().stream()
                .filter(metric ->
                        metric.getKey().indexOf('/') == metric.getKey().lastIndexOf('/'))
                .sorted(Map.Entry.comparingByKey())
                .map(metric -> String.format(
                        Locale.ROOT,
                        "%-36s %.4f  (%s)%n",
                        metric.getKey(),
                        metric.getValue().value(),
                        HeadlineMetric.rows(metric.getValue())))
                .collect(Collectors.joining());
        String outcome = result.gates() == null || result.verdict() == null
                ? ""
                : "\n" + ResultTable.outcome(result.gates(), result.verdict()) + "\n";
        return metrics
                + outcome
                + "%s %s%n%s"
                        .formatted(
                                result.output().type(),
                                FileUris.path(result.output().uri()),
                                result.output().digest());
    }
}
