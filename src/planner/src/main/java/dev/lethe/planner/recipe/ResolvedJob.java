package dev.lethe.planner.recipe;

import dev.lethe.api.resource.Compute;
import dev.lethe.api.resource.DecoupleSource;
import dev.lethe.api.resource.Destination;
import dev.lethe.api.resource.EvaluationSettings;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.LoraSpec;
import dev.lethe.api.resource.MergeParameters;
import dev.lethe.api.resource.MergeSearch;
import dev.lethe.api.resource.MergeSettings;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.RowsSource;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.Specialist;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.api.resource.TrainingSettings;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.status.ResolvedSettings;
import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.Semantics;
import dev.lethe.catalog.Settings;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A job with nothing left unsaid: what its spec says, and for the rest the defaults of its recipe. Whatever plans the job reads
 * this and not the spec.
 *
 * @param retain absent where the model itself is to make the rows
 * @param decouple absent where no specialist reads such rows
 * @param template {@code auto}, {@code none} or {@code chat}
 * @param specialists that are trained, in the order of the merge's weights
 * @param rounds the most rounds of training
 * @param execution how the pods run, with the attempts that a stage has
 */
public record ResolvedJob(
        String recipe,
        Source model,
        RowsSource forget,
        @Nullable RowsSource retain,
        @Nullable DecoupleSource decouple,
        String template,
        Destination output,
        List<ResolvedSpecialist> specialists,
        ResolvedMerge merge,
        ResolvedEvaluation evaluation,
        int rounds,
        Execution execution) {

    /**
     * A specialist of the job.
     *
     * @param training with every setting
     * @param lora with every setting
     * @param compute what its training has of its own
     */
    public record ResolvedSpecialist(
            String name, ObjectiveSpec objective, TrainingSettings training, LoraSpec lora, @Nullable Compute compute) {
        /** The sets of rows that it is trained on. */
        public Set<DataRole> roles() {
            var descriptor = Catalog.OBJECTIVES.find(objective.type()).orElseThrow();
            return descriptor.roles(Settings.of(descriptor, objective.options(), InvalidSpec::new));
        }

        Specialist asSpec() {
            return new Specialist(name, objective, training, lora, compute);
        }

        static ResolvedSpecialist of(Specialist complete) {
            return new ResolvedSpecialist(
                    complete.name(),
                    Objects.requireNonNull(complete.objective()),
                    Objects.requireNonNull(complete.training()),
                    Objects.requireNonNull(complete.lora()),
                    complete.compute());
        }
    }

    /**
     * The merge of the specialists.
     *
     * @param method absent where it is searched for
     * @param density absent for a method that does not trim, or trims as it does without being told
     * @param weights one per specialist; absent where they are searched for
     * @param majoritySign absent for a method that does not elect as PEFT does
     * @param parameters absent where nothing is said, as each method then does what it does
     * @param search with every setting; absent where the merge is named
     * @param compute what the merge has of its own
     */
    public record ResolvedMerge(
            @Nullable String method,
            String semantics,
            @Nullable Double density,
            @Nullable List<Double> weights,
            @Nullable String majoritySign,
            @Nullable MergeParameters parameters,
            @Nullable MergeSearch search,
            @Nullable Compute compute) {
        /** One that is to be found. */
        static ResolvedMerge searched(MergeSearch complete, @Nullable Compute compute) {
            return new ResolvedMerge(null, Semantics.PEFT.text(), null, null, null, null, complete, compute);
        }

        MergeSettings asSpec() {
            return new MergeSettings(method, semantics, density, weights, majoritySign, parameters, search, compute);
        }

        static ResolvedMerge of(MergeSettings complete) {
            return complete.search() != null
                    ? searched(complete.search(), complete.compute())
                    : new ResolvedMerge(
                            Objects.requireNonNull(complete.method()),
                            Objects.requireNonNull(complete.semantics()),
                            complete.density(),
                            Objects.requireNonNull(complete.weights()),
                            complete.majoritySign(),
                            complete.parameters(),
                            null,
                            complete.compute());
        }
    }

    /**
     * How all systems are measured, and what the merge must reach.
     *
     * @param suites with every option
     * @param compute what the evaluations have of their own
     */
    public record ResolvedEvaluation(List<SuiteSpec> suites, List<Gate> gates, @Nullable Compute compute) {
        EvaluationSettings asSpec() {
            return new EvaluationSettings(suites, gates, compute);
        }

        static ResolvedEvaluation of(EvaluationSettings complete) {
            return new ResolvedEvaluation(
                    Objects.requireNonNull(complete.suites()),
                    Objects.requireNonNull(complete.gates()),
                    complete.compute());
        }
    }

    static ResolvedJob of(UnlearningJobSpec spec, ResolvedSettings settings, Execution execution) {
        return new ResolvedJob(
                settings.recipe(),
                spec.model(),
                spec.forget(),
                spec.retain(),
                spec.decouple(),
                Objects.requireNonNullElse(settings.template(), "none"),
                spec.output(),
                settings.specialists().stream().map(ResolvedSpecialist::of).toList(),
                ResolvedMerge.of(settings.merge()),
                ResolvedEvaluation.of(settings.evaluation()),
                Objects.requireNonNullElse(settings.rounds(), 1),
                execution);
    }

    /** What the job's status pins: everything that a recipe could have said. */
    public ResolvedSettings settings() {
        return new ResolvedSettings(
                recipe,
                template,
                specialists.stream().map(ResolvedSpecialist::asSpec).toList(),
                merge.asSpec(),
                evaluation.asSpec(),
                rounds);
    }

    /** The job as a spec that says everything. */
    public UnlearningJobSpec spec() {
        var settings = settings();
        return new UnlearningJobSpec(
                recipe,
                model,
                forget,
                retain,
                decouple,
                template,
                output,
                settings.specialists(),
                settings.merge(),
                settings.evaluation(),
                rounds,
                execution);
    }
}
