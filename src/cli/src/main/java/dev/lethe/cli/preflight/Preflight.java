package dev.lethe.cli.preflight;

import dev.lethe.api.resource.EvaluationSettings;
import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.MergeSettings;
import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.Specialist;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.cli.Problems;
import dev.lethe.cli.engine.EngineSettings;
import dev.lethe.pipeline.gate.Gates;
import dev.lethe.unlearning.objective.Objectives;
import dev.lethe.unlearning.suite.Suites;
import dev.lethe.weights.InvalidInput;
import dev.lethe.weights.merge.AdapterMerge;
import dev.lethe.weights.method.Methods;
import dev.lethe.weights.method.Semantics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Everything about a job that can be checked before a stage starts; all that is wrong is said at once. */
public final class Preflight {
    private Preflight() {}

    /**
     * Checks a job that has not begun.
     *
     * @param spec complete, with absolute URIs of files
     * @param workspace where its stages will write
     * @throws Problems with a line for each thing that is wrong
     */
    public static CheckedJob check(ModelPreparationSpec spec, Path workspace) {
        Problems.Collector problems = new Problems.Collector();
        DataCheck data = new DataCheck();
        ModelCheck model = new ModelCheck();
        problems.check(() -> model.check(spec.model()));
        problems.check(() -> data.check(spec.forget(), spec.retain()));
        for (Specialist specialist : spec.specialists()) {
            String where = "specialist " + specialist.name();
            problems.check(() -> named(where, () -> check(specialist)));
            problems.check(() -> named(where, () -> model.checkLength(specialist)));
        }
        problems.check(() -> check(spec.merge()));
        EvaluationSettings evaluation = spec.evaluation();
        List<SuiteSpec> suites = Objects.requireNonNull(evaluation.suites());
        List<Gate> gates = Objects.requireNonNullElse(evaluation.gates(), List.of());
        List<String> notes = new ArrayList<>();
        problems.check(() -> checkGates(suites, gates));
        suites.forEach(suite -> problems.check(() -> data.check(suite)));
        problems.check(() -> data.measurability(suites, gates).ifPresent(measurable -> {
            measurable
                    .problems()
                    .forEach(problem -> problems.check(() -> {
                        throw problem;
                    }));
            notes.addAll(measurable.notes());
        }));
        problems.check(() -> PlaceCheck.destination(spec));
        problems.check(() -> PlaceCheck.writable(workspace));
        problems.check(() -> PlaceCheck.space(workspace, model, spec));
        problems.raise();
        return new CheckedJob(spec, model, data, notes);
    }

    private static void check(Specialist specialist) {
        EngineSettings.training(Objects.requireNonNull(specialist.training()));
        var unused = Objectives.of(EngineSettings.objective(Objects.requireNonNull(specialist.objective())));
    }

    private static void check(MergeSettings merge) {
        String method = Objects.requireNonNull(merge.method());
        Semantics semantics = Semantics.named(Objects.requireNonNull(merge.semantics()));
        if (semantics == Semantics.PEFT) {
            AdapterMerge.check(EngineSettings.merge(method, merge.density(), merge.majoritySign()));
        } else {
            var unused = Methods.named(method, semantics);
        }
    }

    private static void checkGates(List<SuiteSpec> suites, List<Gate> gates) {
        Set<String> metrics = suites.stream()
                .flatMap(suite -> Suites.named(suite.name()).metrics().stream())
                .collect(Collectors.toSet());
        Gates.requireKnown(gates, metrics);
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
