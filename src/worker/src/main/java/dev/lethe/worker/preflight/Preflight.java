package dev.lethe.worker.preflight;

import dev.lethe.api.resource.EvaluationSettings;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.MergeInput;
import dev.lethe.api.resource.MergeOutput;
import dev.lethe.api.resource.MergeSettings;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.Specialist;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.catalog.Descriptor;
import dev.lethe.merge.InvalidInput;
import dev.lethe.planner.gate.Gates;
import dev.lethe.unlearning.suite.Coverage;
import dev.lethe.unlearning.suite.Suites;
import dev.lethe.unlearning.training.TrainingSettings;
import dev.lethe.worker.Problems;
import dev.lethe.worker.engine.EngineSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Checks all of a job that can be checked before a stage starts, and reports every problem at once. */
public final class Preflight {
    private Preflight() {}

    /**
     * Checks a job that has not begun.
     *
     * @param spec complete, with absolute URIs of files
     * @param workspace where its stages will write
     * @throws Problems with a line for each thing that is wrong
     */
    public static PreflightResult check(ModelPreparationSpec spec, Path workspace) {
        Problems.Collector problems = new Problems.Collector();
        DataCheck data = new DataCheck();
        ModelCheck model = new ModelCheck(spec.model());
        problems.check(model::check);
        problems.check(() -> data.check(spec.forget(), spec.retain(), spec.decouple()));
        problems.check(() -> model.checkPrompts(spec.template(), data));
        for (Specialist specialist : spec.specialists()) {
            String where = "specialist " + specialist.name();
            problems.check(() -> named(where, () -> check(specialist, data)));
            problems.check(() -> named(where, () -> model.checkLength(specialist)));
        }
        if (spec.merge().search() == null) {
            problems.check(() -> EngineSettings.checkMerge(merge(spec)));
        } else {
            problems.check(() -> checkRanks(spec));
        }
        EvaluationSettings evaluation = spec.evaluation();
        // What is custom, the user's own image knows.
        List<SuiteSpec> suites = Objects.requireNonNull(evaluation.suites()).stream()
                .filter(suite -> !suite.name().equals(Descriptor.CUSTOM))
                .toList();
        List<Gate> gates = Objects.requireNonNullElse(evaluation.gates(), List.of());
        List<String> notes = new ArrayList<>();
        Map<String, Coverage> coverage = new TreeMap<>();
        problems.check(() -> checkGates(suites, gates));
        suites.forEach(suite -> problems.check(() -> data.check(suite)));
        problems.check(() -> data.measurability(suites, gates).ifPresent(measurable -> {
            measurable
                    .problems()
                    .forEach(problem -> problems.check(() -> {
                        throw problem;
                    }));
            notes.addAll(measurable.notes());
            coverage.putAll(measurable.coverage());
        }));
        problems.check(() -> OutputCheck.destination(spec));
        problems.check(() -> OutputCheck.writable(workspace));
        problems.check(() -> OutputCheck.space(workspace, model, spec));
        problems.raise();
        notes.addAll(model.notes(EngineSettings.promptMode(spec.template())));
        return new PreflightResult(spec, model, data, coverage, notes);
    }

    private static void check(Specialist specialist, DataCheck data) {
        TrainingSettings training = EngineSettings.training(Objects.requireNonNull(specialist.training()));
        ObjectiveSpec objective = Objects.requireNonNull(specialist.objective());
        // The rules of the kind ask for the image that knows what a custom objective is.
        if (!objective.type().equals(Descriptor.CUSTOM)) {
            var unused = EngineSettings.objective(objective);
        }
        int rows = data.leadingRows(objective);
        if (rows > 0) {
            var unused = training.schedule(rows);
        }
    }

    /** What a search tries of methods that merge factors needs them of one size. */
    private static void checkRanks(ModelPreparationSpec spec) {
        List<String> methods = Objects.requireNonNull(
                Objects.requireNonNull(spec.merge().search()).methods());
        Set<Integer> ranks = spec.specialists().stream()
                .map(specialist -> Objects.requireNonNull(
                        Objects.requireNonNull(specialist.lora()).rank()))
                .collect(Collectors.toCollection(TreeSet::new));
        if (ranks.size() > 1 && !methods.equals(List.of("cat"))) {
            throw InvalidInput.at(
                    "merge",
                    "search.methods",
                    "%s for specialists of ranks %s".formatted(methods, ranks),
                    "cat alone, or specialists of one rank");
        }
    }

    /** The merge of adapters that are still to be trained. */
    private static ModelMergeSpec merge(ModelPreparationSpec spec) {
        MergeSettings merge = spec.merge();
        List<MergeInput> inputs = new ArrayList<>();
        for (Specialist specialist : spec.specialists()) {
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
                new MergeOutput(spec.destination().uri(), "model"),
                Execution.ABSENT);
    }

    private static void checkGates(List<SuiteSpec> suites, List<Gate> gates) {
        Set<String> metrics = suites.stream()
                .flatMap(suite -> Suites.LETHE.named(suite.name()).metrics().stream())
                .collect(Collectors.toSet());
        List<Gate> ours = gates.stream()
                .filter(gate -> !gate.metric().startsWith(Descriptor.CUSTOM + "/"))
                .toList();
        Gates.requireKnown(ours, metrics);
    }

    /** Adds whose settings are wrong, which the engines' errors do not know. */
    private static void named(String whose, Runnable check) {
        try {
            check.run();
        } catch (InvalidInput e) {
            throw new InvalidInput(whose + ": " + e.getMessage());
        }
    }
}
