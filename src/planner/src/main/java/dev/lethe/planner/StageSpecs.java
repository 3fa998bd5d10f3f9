package dev.lethe.planner;

import dev.lethe.api.resource.Compute;
import dev.lethe.api.resource.Destination;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.MergeInput;
import dev.lethe.api.resource.MergeOutput;
import dev.lethe.api.resource.Metadata;
import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.resource.ModelPublicationSpec.Evidence;
import dev.lethe.api.resource.ModelTrainingSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.RowsSource;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.api.resource.TrainingSettings;
import dev.lethe.api.stage.Round;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.catalog.DataRole;
import dev.lethe.planner.gate.Gates;
import dev.lethe.planner.recipe.InvalidSpec;
import dev.lethe.planner.recipe.ResolvedJob;
import dev.lethe.planner.recipe.ResolvedJob.ResolvedSpecialist;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes the resources of a job's stages, each once what it needs has succeeded, so that it pins its inputs' digests. */
record StageSpecs(JobContext job) {
    Resource<StageSpec, StageResourceStatus> resource(StageNode node) {
        var owner = job.resource();
        var metadata = new Metadata(
                ResourceName.stage(owner.name(), node.name()),
                owner.metadata().namespace(),
                null,
                null,
                Map.of(StageLabels.JOB, owner.name(), StageLabels.STAGE, node.name()),
                null,
                null);
        return Resource.of(node.kind(), metadata, spec(node));
    }

    private StageSpec spec(StageNode node) {
        return switch (node.kind()) {
            case ModelPreparation -> preparation();
            case ModelTraining -> training(node);
            case ModelMerge -> merge(node);
            case ModelEvaluation -> evaluation(node);
            case ModelPublication -> publication(node);
            case UnlearningJob -> throw new IllegalArgumentException("a job is no stage");
        };
    }

    ModelPreparationSpec preparation() {
        var settings = resolved().settings();
        var preparation = new ModelPreparationSpec(
                resolved().model(),
                resolved().forget(),
                resolved().retain(),
                resolved().decouple(),
                resolved().template(),
                settings.specialists(),
                settings.merge(),
                settings.evaluation(),
                resolved().output(),
                output(StageNode.PREPARE),
                execution(withoutDevices()));
        return preparation.makesRows() ? preparation.withExecution(execution(compute(null))) : preparation;
    }

    private StageSpec training(StageNode node) {
        var specialist = specialists().stream()
                .filter(s -> s.name().equals(node.subject()))
                .findFirst()
                .orElseThrow();
        var roles = specialist.roles();
        var round = node.round();
        return new ModelTrainingSpec(
                model(),
                round.equals(Round.FIRST)
                        ? null
                        : source(StageNode.training(round.previous().name(specialist.name()))),
                roles.contains(DataRole.FORGET) ? forget() : null,
                roles.contains(DataRole.RETAIN) ? retain() : null,
                // Fine-tuning learns the retain data; only unlearning reads the forget data.
                roles.contains(DataRole.DATA) ? retain() : null,
                roles.contains(DataRole.DECOUPLE) ? decouple() : null,
                specialist.training().until() == null ? null : nonMembers(),
                resolved().template(),
                specialist.objective(),
                ofRound(specialist.training(), round),
                "lora",
                specialist.lora(),
                output(node.name()),
                execution(compute(specialist.compute())));
    }

    /** The target of a round leaves half as much as that of the round before. */
    private static TrainingSettings ofRound(TrainingSettings settings, Round round) {
        var until = settings.until();
        return until == null ? settings : settings.withUntil(until.leaving(Math.pow(0.5, round.number() - 1)));
    }

    private StageSpec merge(StageNode node) {
        var merge = resolved().merge();
        var search = merge.search();
        var inputs = new ArrayList<MergeInput>();
        for (int i = 0; i < specialists().size(); i++) {
            var name = specialists().get(i).name();
            var adapter = source(StageNode.training(node.round().name(name)));
            var weight = merge.weights() == null ? null : merge.weights().get(i);
            inputs.add(MergeInput.of(name, adapter.uri(), adapter.digest(), weight));
        }
        return new ModelMergeSpec(
                model(),
                List.copyOf(inputs),
                merge.method(),
                merge.semantics(),
                merge.density(),
                merge.majoritySign(),
                merge.parameters(),
                search,
                search == null ? null : forget(),
                search == null ? null : retain(),
                search == null ? null : resolved().template(),
                search == null ? null : nonMembers(),
                new MergeOutput(output(node.name()).uri(), "model"),
                // A search asks the model, as an evaluation does.
                execution(
                        search == null ? Compute.merged(merge.compute(), withoutDevices()) : compute(merge.compute())));
    }

    /** The documents that the base never saw, of the first suite that names any. */
    private @Nullable Source nonMembers() {
        return resolved().evaluation().suites().stream()
                .map(suite -> pinned(suite).source("nonMembers"))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private StageSpec evaluation(StageNode node) {
        var evaluation = resolved().evaluation();
        var model = node.subject().equals(StageNode.MERGE) ? source(node.system()) : model();
        var specialist = specialists().stream().anyMatch(s -> s.name().equals(node.subject()));
        return new ModelEvaluationSpec(
                model,
                specialist ? source(StageNode.training(node.system())) : null,
                forget(),
                retain(),
                resolved().template(),
                evaluation.suites().stream().map(this::pinned).toList(),
                null,
                null,
                job.gates().stream().map(Gate::metric).distinct().toList(),
                output(node.name()),
                execution(compute(evaluation.compute())));
    }

    private StageSpec publication(StageNode node) {
        var gates = job.gateResults().orElseThrow();
        var evidence = job.views().values().stream()
                .filter(StageView::succeeded)
                .map(view -> new Evidence(
                        view.name(),
                        view.node().kind(),
                        output(view.name()).uri(),
                        view.summary().digest(),
                        view.summary().result()))
                .toList();
        return new ModelPublicationSpec(
                source(node.system()),
                resolved().output(),
                Gates.verdict(gates),
                gates,
                evidence,
                execution(withoutDevices()));
    }

    private Source model() {
        return resolved().model().pinned(digest("model"));
    }

    private RowsSource forget() {
        return resolved().forget().pinned(digest("forget"));
    }

    private RowsSource retain() {
        return PreparedRows.retain(job.resource(), resolved().retain(), job.layout())
                .pinned(digest("retain"));
    }

    private RowsSource decouple() {
        return PreparedRows.decouple(
                        job.resource(), Objects.requireNonNull(resolved().decouple()), job.layout())
                .pinned(digest("decouple"));
    }

    private SuiteSpec pinned(SuiteSpec suite) {
        suite.sources().keySet().forEach(this::digest);
        return suite.pinned(job.inputs());
    }

    /** The digest that an input of the job had when the job was prepared: a preparation must report that of every one. */
    private String digest(String role) {
        var digest = job.inputs().get(role);
        if (digest == null) {
            throw new InvalidSpec("stage prepare", "no digest of " + role, "one of everything that the job reads");
        }
        return digest;
    }

    /** The output of a stage, with the digest that its reader must find. */
    private Source source(String stage) {
        return new Source(output(stage).uri(), job.view(stage).summary().digest());
    }

    private Destination output(String stage) {
        return new Destination(job.layout().output(job.resource(), stage));
    }

    /** As the job's, with the compute of one stage. */
    private Execution execution(@Nullable Compute compute) {
        return resolved().execution().ofStage().withCompute(compute);
    }

    /** Stages that compute nothing on a device must not hold one that others wait for. */
    private @Nullable Compute withoutDevices() {
        var compute = resolved().execution().compute();
        return compute == null ? null : compute.withoutDevices();
    }

    private @Nullable Compute compute(@Nullable Compute own) {
        return Compute.merged(own, resolved().execution().compute());
    }

    private List<ResolvedSpecialist> specialists() {
        return resolved().specialists();
    }

    private ResolvedJob resolved() {
        return job.resolved();
    }
}
