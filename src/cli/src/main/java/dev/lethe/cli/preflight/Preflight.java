package dev.lethe.cli.preflight;

import dev.lethe.api.resource.EvaluationSettings;
import dev.lethe.api.resource.MergeInput;
import dev.lethe.api.resource.MergeOutput;
import dev.lethe.api.resource.MergeSettings;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.Specialist;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.cli.Problems;
import dev.lethe.cli.run.Workdir;
import dev.lethe.cli.worker.EngineSettings;
import dev.lethe.pipeline.gate.Gates;
import dev.lethe.pipeline.recipe.Recipe;
import dev.lethe.unlearning.objective.Objectives;
import dev.lethe.unlearning.suite.Suites;
import dev.lethe.weights.InvalidInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Everything about a job that can be checked before a stage starts; all that is wrong is said at once. */
public final class Preflight {
    private Preflight() {}

    /**
     * Checks a job in a work directory where it has not begun.
     *
     * @param job with absolute URIs
     * @throws Problems with a line for each thing that is wrong
     */
    public static CheckedJob check(Resource<UnlearningJobSpec, UnlearningJobStatus> job, Workdir workdir) {
        UnlearningJobSpec spec = Recipe.expand(job.spec());
        Problems.Collector problems = new Problems.Collector();
        DataCheck data = new DataCheck();
        ModelCheck model = new ModelCheck();
        problems.check(() -> model.check(spec.model()));
        problems.check(() -> data.check(spec.forget(), spec.retain()));
        for (Specialist specialist : Objects.requireNonNull(spec.specialists())) {
            String where = "specialist " + specialist.name();
            problems.check(() -> named(where, () -> check(specialist)));
            problems.check(() -> named(where, () -> model.checkLength(specialist)));
        }
        problems.check(() -> EngineSettings.checkMerge(merge(spec)));
        EvaluationSettings evaluation = Objects.requireNonNull(spec.evaluation());
        problems.check(() -> checkGates(evaluation));
        Objects.requireNonNull(evaluation.suites()).forEach(suite -> problems.check(() -> data.check(suite)));
        problems.check(() -> PlaceCheck.output(spec.output()));
        problems.check(() -> PlaceCheck.workdir(workdir));
        problems.check(() -> PlaceCheck.space(workdir, model, spec));
        problems.raise();
        return new CheckedJob(job, spec, workdir, model, data);
    }

    private static void check(Specialist specialist) {
        EngineSettings.training(Objects.requireNonNull(specialist.training()));
        var unused = Objectives.of(EngineSettings.objective(Objects.requireNonNull(specialist.objective())));
    }

    /** The merge of adapters that are still to be trained. */
    private static ModelMergeSpec merge(UnlearningJobSpec spec) {
        MergeSettings merge = Objects.requireNonNull(spec.merge());
        List<MergeInput> inputs = new ArrayList<>();
        for (Specialist specialist : Objects.requireNonNull(spec.specialists())) {
            double weight = Objects.requireNonNull(merge.weights()).get(inputs.size());
            inputs.add(MergeInput.of(specialist.name(), "file:" + specialist.name(), null, weight));
        }
        return new ModelMergeSpec(
                spec.model(),
                inputs,
                merge.method(),
                merge.semantics(),
                merge.density(),
                merge.majoritySign(),
                merge.parameters(),
                new MergeOutput(spec.output().uri(), "model"),
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private static void checkGates(EvaluationSettings evaluation) {
        Set<String> metrics = Objects.requireNonNull(evaluation.suites()).stream()
                .flatMap(suite -> Suites.named(suite.name()).metrics().stream())
                .collect(Collectors.toSet());
        Gates.requireKnown(Objects.requireNonNullElse(evaluation.gates(), List.of()), metrics);
    }

    /** The engines' errors do not know whose settings they read. */
    private static void named(String whose, Runnable check) {
        try {
            check.run();
        } catch (InvalidInput e) {
            throw new InvalidInput(whose + ": " + e.getMessage());
        }
    }
}
