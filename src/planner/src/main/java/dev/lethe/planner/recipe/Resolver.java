package dev.lethe.planner.recipe;

import dev.lethe.api.resource.DecoupleSource;
import dev.lethe.api.resource.EvaluationSettings;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.LoraSpec;
import dev.lethe.api.resource.MergeOutput;
import dev.lethe.api.resource.MergeSearch;
import dev.lethe.api.resource.MergeSettings;
import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.resource.ModelTrainingSpec;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.Retry;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.Specialist;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.api.resource.TrainingSettings;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.stage.Round;
import dev.lethe.api.status.ResolvedSettings;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.Descriptor;
import dev.lethe.catalog.Nesting;
import dev.lethe.catalog.Semantics;
import dev.lethe.catalog.Settings;
import dev.lethe.planner.recipe.ResolvedJob.ResolvedEvaluation;
import dev.lethe.planner.recipe.ResolvedJob.ResolvedMerge;
import dev.lethe.planner.recipe.ResolvedJob.ResolvedSpecialist;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Says what a spec leaves unsaid. Nobody else has defaults: a job's come from its {@link Recipe}, those of an objective, a suite or
 * a method from the catalogue.
 */
public final class Resolver {
    /** A specialist's name becomes part of a resource's name, and a key in results. */
    private static final Pattern SPECIALIST_NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,18}[a-z0-9])?");

    /** The systems that every job measures besides its specialists. */
    private static final Set<String> RESERVED = Set.of("base", "merge");

    private Resolver() {}

    /**
     * The job, completed from its recipe. Resolving what was resolved changes nothing.
     *
     * @throws InvalidSpec if the recipe is unknown, or the job cannot run
     */
    public static ResolvedJob resolve(UnlearningJobSpec spec) {
        var recipe = Recipe.named(spec.recipe());
        var evaluation = evaluation(spec.evaluation(), recipe.evaluation());
        var membership = evaluation.suites().stream().anyMatch(suite -> suite.source("nonMembers") != null);
        var specialists = specialists(spec.specialists(), recipe, recipe.specialists(membership));
        requireDecoupled(spec.decouple(), specialists);
        return new ResolvedJob(
                recipe.name(),
                spec.model(),
                spec.forget(),
                spec.retain(),
                spec.decouple(),
                Objects.requireNonNullElse(spec.template(), recipe.template()),
                spec.output(),
                specialists,
                merge(spec.merge(), recipe.merge(), specialists.size()),
                evaluation,
                Objects.requireNonNullElse(spec.rounds(), recipe.rounds()),
                execution(spec.execution(), recipe));
    }

    /**
     * The job with the settings that its status pinned when it began, whatever its recipe says now; before that, as above.
     *
     * @throws InvalidSpec if the recipe is unknown, or the job cannot run
     */
    public static ResolvedJob resolve(UnlearningJobSpec spec, UnlearningJobStatus status) {
        var pinned = status.resolved();
        return pinned == null ? resolve(spec) : resolve(spec, pinned);
    }

    /** The job with settings that were resolved before, whatever its recipe says now. */
    public static ResolvedJob resolve(UnlearningJobSpec spec, ResolvedSettings pinned) {
        return ResolvedJob.of(spec, pinned, execution(spec.execution(), Recipe.DEFAULT));
    }

    /**
     * The stage with every setting, as a worker has no defaults.
     *
     * @throws InvalidSpec if the stage cannot run
     */
    public static StageSpec resolve(StageSpec spec) {
        return switch (spec) {
            case ModelPreparationSpec preparation -> preparation;
            case ModelTrainingSpec training -> training(training);
            case ModelMergeSpec merge -> merge(merge);
            case ModelEvaluationSpec evaluation -> evaluation(evaluation);
            case ModelPublicationSpec publication -> publication;
        };
    }

    /** How many attempts a stage has that says it, or does not. */
    public static int maxAttempts(@Nullable Retry retry) {
        return Objects.requireNonNull(retry(retry, Recipe.DEFAULT).maxAttempts());
    }

    private static Retry retry(@Nullable Retry given, Recipe recipe) {
        return given != null && given.maxAttempts() != null ? given : recipe.retry();
    }

    private static Execution execution(Execution given, Recipe recipe) {
        return given.withRetry(retry(given.retry(), recipe));
    }

    private static List<ResolvedSpecialist> specialists(
            @Nullable List<Specialist> given, Recipe recipe, List<Specialist> standard) {
        var wanted = given == null || given.isEmpty() ? standard : given;
        var names = new HashSet<String>();
        var complete = new ArrayList<ResolvedSpecialist>();
        for (int i = 0; i < wanted.size(); i++) {
            var field = "spec.specialists[%d]".formatted(i);
            requireName(wanted.get(i).name(), names, field + ".name");
            complete.add(specialist(wanted.get(i), recipe, standard, field));
        }
        return List.copyOf(complete);
    }

    /** Rows without a weight would be kept for nothing, and a weight without rows cannot be trained. */
    private static void requireDecoupled(@Nullable DecoupleSource decouple, List<ResolvedSpecialist> specialists) {
        for (int i = 0; i < specialists.size(); i++) {
            if (specialists.get(i).roles().contains(DataRole.DECOUPLE) && decouple == null) {
                throw new InvalidSpec(
                        "spec.decouple",
                        "nothing",
                        "rows, as spec.specialists[%d].objective.weights.decouple is above 0".formatted(i));
            }
        }
        if (decouple != null && specialists.stream().noneMatch(it -> it.roles().contains(DataRole.DECOUPLE))) {
            throw new InvalidSpec(
                    "spec.decouple", "rows", "nothing, as no specialist has objective.weights.decouple above 0");
        }
    }

    private static void requireName(String name, Set<String> names, String field) {
        if (!SPECIALIST_NAME.matcher(name).matches() || RESERVED.contains(name) || Round.isNamedIn(name)) {
            throw new InvalidSpec(
                    field,
                    "'" + name + "'",
                    "at most 20 lower-case letters, digits and inner hyphens, neither base nor merge, and no round such as -r2 at its end");
        }
        if (!names.add(name)) {
            throw new InvalidSpec(field, "'" + name + "' twice", "one specialist of each name");
        }
    }

    private static ResolvedSpecialist specialist(
            Specialist given, Recipe recipe, List<Specialist> standard, String field) {
        var namesake = standard.stream()
                .filter(it -> it.name().equals(given.name()))
                .findFirst()
                .orElse(new Specialist(given.name(), null, recipe.training(), recipe.lora(), null));
        var objective = objective(given.objective(), namesake.objective(), field + ".objective");
        return new ResolvedSpecialist(
                given.name(),
                objective,
                training(
                        given.training(),
                        aims(given.training(), objective)
                                ? Objects.requireNonNull(namesake.training())
                                : aimless(Objects.requireNonNull(namesake.training())),
                        field + ".training"),
                lora(given.lora(), Objects.requireNonNull(namesake.lora())),
                given.compute());
    }

    /** A recipe's target is one for objectives that read what is to be forgotten and, in turns, what is to be kept. */
    private static boolean aims(@Nullable TrainingSettings given, ObjectiveSpec objective) {
        var roles = Catalog.OBJECTIVES.find(objective.type()).orElseThrow().roles();
        return roles.containsAll(Set.of(DataRole.FORGET, DataRole.RETAIN))
                && !objective.type().equals(Descriptor.CUSTOM)
                && (given == null || given.pairing() == null || given.pairing().equals("cycle"));
    }

    /** A training that no target ends: the most epochs that a recipe allows are no number of epochs for it. */
    private static TrainingSettings aimless(TrainingSettings recipe) {
        return recipe.until() == null ? recipe : Recipe.OF_STAGES.training();
    }

    /**
     * A given objective takes only its weights from the recipe's specialist of the same name, as they make it over- or
     * under-forget. Everything else depends on its type.
     */
    private static ObjectiveSpec objective(
            @Nullable ObjectiveSpec given, @Nullable ObjectiveSpec namesake, String field) {
        if (given != null) {
            var like = namesake != null && namesake.type().equals(given.type()) ? given.orWeightsOf(namesake) : given;
            return objective(like, field);
        }
        if (namesake == null) {
            throw new InvalidSpec(field, "nothing", "an objective, as the recipe has no specialist of this name");
        }
        return objective(namesake, field);
    }

    private static TrainingSettings training(
            @Nullable TrainingSettings given, TrainingSettings otherwise, String field) {
        var settings = given == null ? otherwise : given.orElse(otherwise);
        // The schema compares what is said; which epochs an absent number stands for is known here.
        if (Objects.requireNonNull(settings.warmupEpochs()) > Objects.requireNonNull(settings.epochs())) {
            throw new InvalidSpec(
                    field + ".warmupEpochs",
                    String.valueOf(settings.warmupEpochs()),
                    "at most %d, which is its epochs".formatted(settings.epochs()));
        }
        return settings.until() == null
                ? settings
                : settings.withUntil(settings.until().orElse(Recipe.UNTIL));
    }

    private static LoraSpec lora(@Nullable LoraSpec given, LoraSpec otherwise) {
        return given == null ? otherwise : given.orElse(otherwise);
    }

    private static ResolvedMerge merge(@Nullable MergeSettings given, MergeSettings recipe, int specialists) {
        var merge = given == null ? new MergeSettings(null, null, null, null, null, null, null) : given;
        var search = search(merge, recipe.search());
        if (search != null) {
            return ResolvedMerge.searched(search, merge.compute());
        }
        // A recipe that searches has no merge of its own for a job that names one in part.
        return named(merge, recipe.method() == null ? Recipe.OF_STAGES.merge() : recipe, specialists);
    }

    private static ResolvedMerge named(MergeSettings merge, MergeSettings recipe, int specialists) {
        var method = Objects.requireNonNullElse(merge.method(), Objects.requireNonNull(recipe.method()));
        var semantics = Objects.requireNonNullElse(merge.semantics(), Objects.requireNonNull(recipe.semantics()));
        var weights = Objects.requireNonNullElse(merge.weights(), Collections.nCopies(specialists, 1.0));
        if (weights.size() != specialists) {
            throw new InvalidSpec(
                    "spec.merge.weights",
                    weights.size() + " weights",
                    "one for each of " + specialists + " specialists");
        }
        // The recipe's density and election make sense only for its own method.
        var own = method.equals(recipe.method());
        var elects = own && semantics.equals("peft");
        return new ResolvedMerge(
                method,
                semantics,
                merge.density() == null && own ? recipe.density() : merge.density(),
                List.copyOf(weights),
                merge.majoritySign() == null && elects ? recipe.majoritySign() : merge.majoritySign(),
                merge.parameters(),
                null,
                merge.compute());
    }

    /** The search that a job asks for, or its recipe where the job names no merge; null where there is none. */
    private static @Nullable MergeSearch search(MergeSettings given, @Nullable MergeSearch recipe) {
        if (given.search() == null) {
            return given.named() || recipe == null ? null : recipe.orElse(Recipe.SEARCH);
        }
        if (given.named()) {
            throw new InvalidSpec(
                    "spec.merge.search", "a search beside a merge that is named", "one of them, and semantics peft");
        }
        return (recipe == null ? given.search() : given.search().orElse(recipe)).orElse(Recipe.SEARCH);
    }

    private static ResolvedEvaluation evaluation(@Nullable EvaluationSettings given, EvaluationSettings recipe) {
        var own = given == null ? null : given.gates();
        var suites = measuring(given == null ? null : given.suites(), Objects.requireNonNull(recipe.suites()), own);
        var gates = own == null ? decidable(Objects.requireNonNull(recipe.gates()), suites) : own;
        requireMeasured(gates, suites);
        return new ResolvedEvaluation(
                suites(suites, "spec.evaluation.suites"), gates, given == null ? null : given.compute());
    }

    /**
     * What is measured: what the job says, and the recipe's suites where it says nothing, or leaves the gates to the recipe. Those
     * read what the job's own suites read by the same name, such as its non-members.
     */
    private static List<SuiteSpec> measuring(
            @Nullable List<SuiteSpec> given, List<SuiteSpec> recipe, @Nullable List<Gate> gates) {
        if (given == null || given.isEmpty()) {
            return recipe;
        }
        if (gates != null) {
            return given;
        }
        var names = given.stream().map(SuiteSpec::name).collect(Collectors.toSet());
        var sources = new TreeMap<String, Object>();
        given.forEach(suite -> suite.settings().forEach((name, it) -> {
            if (it instanceof Source) {
                sources.putIfAbsent(name, it);
            }
        }));
        return Stream.concat(
                        given.stream(),
                        recipe.stream()
                                .filter(suite -> !names.contains(suite.name()))
                                .map(suite -> reading(suite, sources)))
                .toList();
    }

    private static SuiteSpec reading(SuiteSpec suite, Map<String, Object> sources) {
        var settings = new TreeMap<>(suite.settings());
        Catalog.SUITES.find(suite.name()).orElseThrow().inputs().stream()
                .filter(input -> sources.containsKey(input.name()))
                .forEach(input -> settings.putIfAbsent(input.name(), sources.get(input.name())));
        return new SuiteSpec(suite.name(), settings);
    }

    /** The recipe's gates without those on what the job names no data for, such as non-members. */
    private static List<Gate> decidable(List<Gate> gates, List<SuiteSpec> suites) {
        return Recipe.telling(gates.stream()
                .filter(gate -> suites.stream().noneMatch(suite -> lacksInput(suite, gate.metric())))
                .toList());
    }

    private static boolean lacksInput(SuiteSpec suite, String metric) {
        return Catalog.SUITES
                .find(suite.name())
                .flatMap(it -> it.metric(metric))
                .filter(it -> it.needs().stream().anyMatch(input -> suite.source(input) == null))
                .isPresent();
    }

    /** A gate on a suite that does not run could never pass: this must fail before days of training. */
    private static void requireMeasured(List<Gate> gates, List<SuiteSpec> suites) {
        var names = suites.stream().map(SuiteSpec::name).collect(Collectors.toCollection(TreeSet::new));
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

    private static StageSpec training(ModelTrainingSpec spec) {
        var mode = Objects.requireNonNullElse(spec.mode(), "lora");
        return new ModelTrainingSpec(
                spec.model(),
                spec.adapter(),
                spec.forget(),
                spec.retain(),
                spec.data(),
                spec.decouple(),
                spec.nonMembers(),
                Objects.requireNonNullElse(spec.template(), Recipe.OF_STAGES.template()),
                objective(spec.objective(), "spec.objective"),
                training(spec.training(), Recipe.OF_STAGES.training(), "spec.training"),
                mode,
                mode.equals("lora") ? lora(spec.lora(), Recipe.OF_STAGES.lora()) : spec.lora(),
                spec.output(),
                spec.execution());
    }

    private static StageSpec merge(ModelMergeSpec spec) {
        return spec.search() == null ? named(spec) : searched(spec, spec.search());
    }

    /** What the schema's defaults name, a search finds. */
    private static ModelMergeSpec searched(ModelMergeSpec spec, MergeSearch search) {
        if (spec.base() == null || spec.forget() == null || spec.retain() == null) {
            throw new InvalidSpec("spec.search", "a search without data", "base, forget and retain");
        }
        return new ModelMergeSpec(
                spec.base(),
                spec.inputs().stream().map(in -> in.withWeight(1)).toList(),
                null,
                Semantics.PEFT.text(),
                null,
                null,
                null,
                search.orElse(Recipe.SEARCH),
                spec.forget(),
                spec.retain(),
                Objects.requireNonNullElse(spec.template(), Recipe.OF_STAGES.template()),
                spec.nonMembers(),
                output(spec.output()),
                spec.execution());
    }

    private static MergeOutput output(MergeOutput given) {
        return new MergeOutput(given.uri(), Objects.requireNonNullElse(given.form(), "adapter"));
    }

    private static ModelMergeSpec named(ModelMergeSpec spec) {
        var recipe = Recipe.OF_STAGES.merge();
        var method = Objects.requireNonNullElse(spec.method(), Objects.requireNonNull(recipe.method()));
        var semantics = Objects.requireNonNullElse(spec.semantics(), Objects.requireNonNull(recipe.semantics()));
        var asRecipe = method.equals(recipe.method()) && semantics.equals(recipe.semantics());
        return new ModelMergeSpec(
                spec.base(),
                spec.inputs().stream()
                        .map(in -> in.withWeight(Objects.requireNonNullElse(in.weight(), 1.0)))
                        .toList(),
                method,
                semantics,
                spec.density() == null && asRecipe ? recipe.density() : spec.density(),
                spec.majoritySign() == null && asRecipe ? recipe.majoritySign() : spec.majoritySign(),
                spec.parameters(),
                output(spec.output()),
                spec.execution());
    }

    private static StageSpec evaluation(ModelEvaluationSpec spec) {
        return new ModelEvaluationSpec(
                spec.model(),
                spec.adapter(),
                spec.forget(),
                spec.retain(),
                Objects.requireNonNullElse(spec.template(), Recipe.OF_STAGES.template()),
                suites(spec.suites(), "spec.suites"),
                spec.gates(),
                spec.baseline(),
                spec.requiredMetrics(),
                spec.output(),
                spec.execution());
    }

    /** The objective with every option that its type has. */
    private static ObjectiveSpec objective(ObjectiveSpec objective, String field) {
        var refusal = at(field);
        var descriptor = Catalog.OBJECTIVES.get(objective.type(), "type", refusal);
        var settings = Settings.of(descriptor, objective.options(), refusal);
        return new ObjectiveSpec(objective.type(), Nesting.nested(settings.values()));
    }

    /** Each suite with every option that it has. */
    private static List<SuiteSpec> suites(List<SuiteSpec> suites, String field) {
        return suites.stream()
                .map(suite -> suite(suite, at(field + "[" + suite.name() + "]")))
                .toList();
    }

    private static SuiteSpec suite(SuiteSpec suite, Settings.Refusal refusal) {
        var descriptor = Catalog.SUITES.get(suite.name(), "name", refusal);
        return suite.withOptions(
                Settings.of(descriptor, suite.options(), refusal).values());
    }

    private static Settings.Refusal at(String field) {
        return (option, found, expected) -> new InvalidSpec(field + "." + option, found, expected);
    }
}
