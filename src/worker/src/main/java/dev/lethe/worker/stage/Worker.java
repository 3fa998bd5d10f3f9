package dev.lethe.worker.stage;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.resource.ModelTrainingSpec;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.stage.StageReport;
import dev.lethe.api.stage.StageResult;
import dev.lethe.merge.digest.FileDigests;
import dev.lethe.worker.FileUris;
import dev.lethe.worker.Stopped;
import dev.lethe.worker.Version;
import dev.lethe.worker.publication.Payload;
import dev.lethe.worker.publication.ResultFile;
import dev.lethe.worker.report.HtmlReport;
import dev.lethe.worker.report.ReportInput;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs one stage, on the calling thread. */
public final class Worker {
    private Worker() {}

    /**
     * Runs a stage and leaves its output complete, with its {@code result.json}. Finished work is not done again;
     * interrupted work continues.
     *
     * @throws dev.lethe.merge.InvalidInput where the input is wrong
     * @throws dev.lethe.merge.RefusedInput where it is refused by policy
     * @throws Stopped where the stop signal came first
     */
    public static ResultFile run(StageFile file, StageContext context) {
        StageOutput output = StageOutput.of(file);
        // What stands where a model is published is compared with what would be written: a published model has no seal.
        Optional<ResultFile> earlier =
                file.spec() instanceof ModelPublicationSpec ? Optional.empty() : output.finished(context.digests());
        if (earlier.isPresent()) {
            return earlier.get();
        }
        Instant started = Instant.now();
        context.stop().check();
        StageInputs inputs = new StageInputs(file.name(), context.digests(), !(file.spec() instanceof ModelMergeSpec));
        StageOutcome outcome =
                switch (file.spec()) {
                    case ModelPreparationSpec preparation ->
                        PreparationStage.prepare(preparation, inputs, output, context);
                    case ModelTrainingSpec training -> TrainingStage.train(training, inputs, output, context);
                    case ModelMergeSpec merge ->
                        MergeStage.merge(merge, inputs, output, context.mergeSettings(), context);
                    case ModelEvaluationSpec evaluation -> EvaluationStage.measure(evaluation, inputs, output, context);
                    case ModelPublicationSpec publication -> PublicationStage.publish(publication, inputs, output);
                };
        StageResult result = result(file, inputs, output, outcome, started, context);
        if (file.spec() instanceof ModelEvaluationSpec evaluation) {
            ReportInput report = EvaluationReport.of(
                    file, result, EvaluationStage.baseline(evaluation, inputs::digest), output.payload());
            output.add(Payload.REPORT, HtmlReport.html(report));
        }
        return output.complete(file, result, context.fsync());
    }

    /** The report of a stage that was run, for the termination message. */
    public static StageReport report(StageFile file, ResultFile finished) {
        StageResult result = finished.result();
        return file.spec() instanceof ModelEvaluationSpec evaluation
                ? StageReport.of(
                        result,
                        finished.digest(),
                        evaluation.told(),
                        EvaluationStage.baseline(
                                evaluation, role -> result.inputs().get(role).digest()))
                : StageReport.of(result, finished.digest(), List.of(), Map.of());
    }

    /**
     * Merges, and writes only the weights: no {@code result.json}, which would need the digests of all files.
     *
     * @return what was written
     * @throws dev.lethe.merge.InvalidInput where the input is wrong, or the output is there
     * @throws dev.lethe.merge.RefusedInput where it is refused by policy
     * @throws Stopped where the stop signal came first
     */
    public static Path mergeWeightsOnly(StageFile file, ModelMergeSpec merge, StageContext context) {
        StageOutput output = StageOutput.of(file);
        output.requireAbsent();
        StageInputs inputs = new StageInputs(file.name(), context.digests(), false);
        MergeStage.merge(merge, inputs, output, context.mergeSettings().withoutDigests(), context);
        output.complete(context.fsync());
        return output.target();
    }

    /**
     * Checks all that a merge needs and says in a line what it would do; writes nothing.
     *
     * @throws dev.lethe.merge.InvalidInput where the input is wrong
     * @throws dev.lethe.merge.RefusedInput where it is refused by policy
     */
    public static String preview(StageFile file, ModelMergeSpec merge) {
        StageOutput output = StageOutput.of(file);
        if (output.finished(new FileDigests()).isPresent()) {
            return output.target() + " is complete";
        }
        return MergeStage.preview(merge, new StageInputs(file.name(), new FileDigests(), false), output.target());
    }

    private static StageResult result(
            StageFile file,
            StageInputs inputs,
            StageOutput output,
            StageOutcome outcome,
            Instant started,
            StageContext context) {
        return new StageResult(
                file.name(),
                file.kind(),
                inputs.all(),
                new StageResult.Output(
                        FileUris.uri(output.target()),
                        Payload.of(output.payloadLocation(), context.digests()::of)
                                .digest(),
                        outcome.type()),
                outcome.metrics(),
                outcome.notMeasured(),
                outcome.verdict(),
                outcome.gates(),
                outcome.counts(),
                outcome.search(),
                started,
                Instant.now(),
                // A spec has places in it, and a published model must not.
                file.kind() == Kind.ModelPublication
                        ? Map.of("lethe", Version.text())
                        : Map.of("lethe", Version.text(), StageOutput.SPEC, output.spec()));
    }
}
