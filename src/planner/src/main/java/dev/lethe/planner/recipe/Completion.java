package dev.lethe.planner.recipe;

import dev.lethe.api.resource.EvaluationSettings;
import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.LoraSpec;
import dev.lethe.api.resource.MergeSettings;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.Specialist;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.api.resource.TrainingSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Completes the parts of a job's spec from those of its recipe. */
final class Completion {
    /** A specialist's name becomes part of a resource's name, and a key in results. */
    private static final Pattern SPECIALIST_NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,18}[a-z0-9])?");

    /** The systems that every job measures besides its specialists. */
    private static final Set<String> RESERVED = Set.of("base", "merge");

    private Completion() {}

    static List<Specialist> specialists(@Nullable List<Specialist> given, List<Specialist> recipe) {
        if (given == null || given.isEmpty()) {
            return recipe;
        }
        var names = new HashSet<String>();
        var complete = new ArrayList<Specialist>();
        for (int i = 0; i < given.size(); i++) {
            var field = "spec.specialists[%d]".formatted(i);
            var specialist = given.get(i);
            requireName(specialist.name(), names, field + ".name");
            complete.add(specialist(specialist, namesake(specialist, recipe), field));
        }
        return List.copyOf(complete);
    }

    private static void requireName(String name, Set<String> names, String field) {
        if (!SPECIALIST_NAME.matcher(name).matches() || RESERVED.contains(name)) {
            throw new InvalidSpec(
                    field,
                    "'" + name + "'",
                    "at most 20 lower-case letters, digits and inner hyphens, and neither base nor merge");
        }
        if (!names.add(name)) {
            throw new InvalidSpec(field, "'" + name + "' twice", "one specialist of each name");
        }
    }

    private static @Nullable Specialist namesake(Specialist specialist, List<Specialist> recipe) {
        return recipe.stream()
                .filter(s -> s.name().equals(specialist.name()))
                .findFirst()
                .orElse(null);
    }

    private static Specialist specialist(Specialist given, @Nullable Specialist namesake, String field) {
        var training =
                namesake != null && namesake.training() != null ? namesake.training() : TrainingSettings.DEFAULTS;
        var lora = namesake != null && namesake.lora() != null ? namesake.lora() : LoraSpec.DEFAULTS;
        return new Specialist(
                given.name(),
                objective(given.objective(), namesake == null ? null : namesake.objective(), field + ".objective"),
                given.training() == null ? training : given.training().orElse(training),
                given.lora() == null ? lora : given.lora().orElse(lora),
                given.compute());
    }

    /**
     * A given objective takes only its weights from the recipe's specialist of the same name, as they make it over- or
     * under-forget. Everything else depends on its type.
     */
    private static ObjectiveSpec objective(
            @Nullable ObjectiveSpec given, @Nullable ObjectiveSpec namesake, String field) {
        if (given == null && namesake == null) {
            throw new InvalidSpec(field, "nothing", "an objective, as the recipe has no specialist of this name");
        }
        if (given == null) {
            return namesake;
        }
        var like = namesake != null && namesake.type().equals(given.type()) ? given.orWeightsOf(namesake) : given;
        return CatalogDefaults.objective(like, field);
    }

    static MergeSettings merge(@Nullable MergeSettings given, MergeSettings recipe, int specialists) {
        var merge = given == null ? new MergeSettings(null, null, null, null, null, null, null) : given;
        var method = merge.method() == null ? recipe.method() : merge.method();
        // The recipe's density and election make sense only for its own method.
        var own = method != null && method.equals(recipe.method());
        var weights = merge.weights() == null ? Collections.nCopies(specialists, 1.0) : merge.weights();
        if (weights.size() != specialists) {
            throw new InvalidSpec(
                    "spec.merge.weights",
                    weights.size() + " weights",
                    "one for each of " + specialists + " specialists");
        }
        var semantics = merge.semantics() == null ? recipe.semantics() : merge.semantics();
        var elects = own && "peft".equals(semantics);
        return new MergeSettings(
                method,
                semantics,
                merge.density() == null && own ? recipe.density() : merge.density(),
                List.copyOf(weights),
                merge.majoritySign() == null && elects ? recipe.majoritySign() : merge.majoritySign(),
                merge.parameters(),
                merge.compute());
    }

    static EvaluationSettings evaluation(@Nullable EvaluationSettings given, EvaluationSettings recipe) {
        var suites =
                given == null || given.suites() == null || given.suites().isEmpty() ? recipe.suites() : given.suites();
        var gates = given == null || given.gates() == null ? recipe.gates() : given.gates();
        requireMeasured(gates, suites);
        var complete = suites.stream()
                .map(it -> CatalogDefaults.suite(it, "spec.evaluation.suites[" + it.name() + "]"))
                .toList();
        return new EvaluationSettings(complete, gates, given == null ? null : given.compute());
    }

    /** A gate on a suite that does not run could never pass: this must fail before days of training. */
    private static void requireMeasured(List<Gate> gates, List<SuiteSpec> suites) {
        var names = suites.stream().map(SuiteSpec::name).collect(Collectors.toCollection(java.util.TreeSet::new));
        for (int i = 0; i < gates.size(); i++) {
            var metric = gates.get(i).metric();
            if (!names.contains(metric.split("/", 2)[0])) {
                throw new InvalidSpec(
                        "spec.evaluation.gates[%d].metric".formatted(i),
                        metric,
                        "a metric of the job's suites: " + String.join(", ", names));
            }
        }
    }
}
