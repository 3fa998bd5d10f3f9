package dev.lethe.planner;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.stage.MergeSearchResult;
import dev.lethe.api.stage.Round;
import dev.lethe.api.stage.RunResult;
import dev.lethe.api.stage.RunResult.SystemResult;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.stage.StageResult.Input;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.ModelReference;
import dev.lethe.api.status.StageSummary;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.api.status.Verdict;
import dev.lethe.planner.recipe.Resolver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Composes the evidence of a run: the job's status, and all numbers of its stages' results. */
public final class RunResults {
    private RunResults() {}

    /**
     * Composes {@code result.json} of a run, finished or not.
     *
     * @param status the job's
     * @param layout with which the job was planned
     * @param results of the stages that finished, by short name; where an evaluation's is missing, the headline metrics of
     *     the status take its place
     * @throws dev.lethe.planner.recipe.InvalidSpec if the job could never run
     */
    public static RunResult compose(
            Resource<UnlearningJobSpec, ?> job,
            UnlearningJobStatus status,
            Layout layout,
            Map<String, StageResult> results) {
        var inputs = inputs(job, layout, results);
        return new RunResult(
                job.name(),
                Objects.requireNonNullElse(status.verdict(), Verdict.Inconclusive),
                Objects.requireNonNullElse(status.gates(), List.of()),
                systems(job, status, layout, results, inputs),
                status.stages(),
                inputs,
                status.model(),
                search(status, results));
    }

    /** How the last merge that is there was found. */
    private static @Nullable MergeSearchResult search(UnlearningJobStatus status, Map<String, StageResult> results) {
        for (var round = lastRound(status); round.number() > 0; round = round.previous()) {
            var merge = results.get(round.name(StageNode.MERGE));
            if (merge != null) {
                return merge.search();
            }
        }
        return null;
    }

    /** As many rounds as the job has merges, done or not. */
    private static Round lastRound(UnlearningJobStatus status) {
        var merges = status.stages().stream()
                .filter(stage -> stage.kind() == Kind.ModelMerge)
                .count();
        return new Round(Math.max(1, (int) merges));
    }

    private static Map<String, SystemResult> systems(
            Resource<UnlearningJobSpec, ?> job,
            UnlearningJobStatus status,
            Layout layout,
            Map<String, StageResult> results,
            Map<String, Input> inputs) {
        var systems = new LinkedHashMap<String, SystemResult>();
        for (var node : StageNode.graph(Resolver.resolve(job.spec(), status), lastRound(status))) {
            if (node.kind() == Kind.ModelEvaluation) {
                var result = results.get(node.name());
                var metrics = metrics(node, status, result);
                if (metrics != null) {
                    Map<String, String> notMeasured = result == null ? Map.of() : result.notMeasured();
                    var model = model(node, job, status, layout, inputs);
                    systems.put(node.system(), new SystemResult(model, metrics, notMeasured));
                }
            }
        }
        return systems;
    }

    private static @Nullable Map<String, MetricValue> metrics(
            StageNode evaluation, UnlearningJobStatus status, @Nullable StageResult result) {
        if (result != null) {
            return result.metrics();
        }
        return status.results() == null ? null : status.results().get(evaluation.system());
    }

    /** The measured model: the job's own, or the output of the stage that the evaluation waited for. */
    private static ModelReference model(
            StageNode evaluation,
            Resource<UnlearningJobSpec, ?> job,
            UnlearningJobStatus status,
            Layout layout,
            Map<String, Input> inputs) {
        if (evaluation.system().equals(StageNode.BASE)) {
            var model = job.spec().model();
            var read = inputs.get("model");
            return new ModelReference(model.uri(), read == null ? model.digest() : read.digest());
        }
        var maker = evaluation.needs().getFirst();
        var digest = status.stages().stream()
                .filter(stage -> stage.name().equals(maker))
                .map(StageSummary::digest)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        return new ModelReference(layout.output(job, maker), digest);
    }

    /** The job's inputs as its preparation read them, under the job's own URIs. */
    private static Map<String, Input> inputs(
            Resource<UnlearningJobSpec, ?> job, Layout layout, Map<String, StageResult> results) {
        var spec = job.spec();
        var prepared = results.get(StageNode.PREPARE);
        var inputs = new LinkedHashMap<String, Input>();
        if (prepared != null) {
            put(inputs, "model", spec.model().uri(), prepared);
            put(inputs, "forget", spec.forget().uri(), prepared);
            put(
                    inputs,
                    "retain",
                    PreparedRows.retain(job, spec.retain(), layout).uri(),
                    prepared);
            if (spec.decouple() != null) {
                put(
                        inputs,
                        ModelPreparationSpec.DECOUPLE_PROMPTS,
                        spec.decouple().uri(),
                        prepared);
                put(
                        inputs,
                        "decouple",
                        PreparedRows.decouple(job, spec.decouple(), layout).uri(),
                        prepared);
            }
        }
        return inputs;
    }

    private static void put(Map<String, Input> inputs, String role, String uri, StageResult result) {
        var read = result.inputs().get(role);
        if (read != null) {
            inputs.put(role, new Input(uri, read.digest(), read.count(), read.rows()));
        }
    }
}
