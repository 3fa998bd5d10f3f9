package dev.lethe.planner;

import dev.lethe.api.resource.Compute;
import dev.lethe.api.resource.Destination;
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
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.Specialist;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import dev.lethe.planner.gate.Gates;
import dev.lethe.planner.recipe.InvalidSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The resources of a job's stages, each made when what it needs has succeeded, so that it pins its inputs' digests. */
record StageSpecs(JobSituation situation) {
    Resource<StageSpec, StageResourceStatus> resource(StageNode node) {
        var job = situation.job();
        var metadata = new Metadata(
                ResourceName.stage(job.name(), node.name()),
                job.metadata().namespace(),
                null,
                null,
                Map.of(StageLabels.JOB, job.name(), StageLabels.STAGE, node.name()),
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
            case ModelPublication -> publication();
            case UnlearningJob -> throw new IllegalArgumentException("a job is no stage");
        };
    }

    ModelPreparationSpec preparation() {
        return new ModelPreparationSpec(
                job().model(),
                job().forget(),
                job().retain(),
                specialists(),
                Objects.requireNonNull(job().merge()),
                Objects.requireNonNull(job().evaluation()),
                job().output(),
                output(StageNode.PREPARE),
                job().workspace(),
                withoutDevices(),
                job().retry(),
                null,
                null,
                job().queueName(),
                job().ttlSecondsAfterFinished());
    }

    private StageSpec training(StageNode node) {
        var specialist = specialists().stream()
                .filter(s -> s.name().equals(node.system()))
                .findFirst()
                .orElseThrow();
        var objective = Objects.requireNonNull(specialist.objective());
        var roles = Catalog.OBJECTIVES.find(objective.type()).orElseThrow().roles();
        return new ModelTrainingSpec(
                model(),
                roles.contains(DataRole.FORGET) ? forget() : null,
                roles.contains(DataRole.RETAIN) ? retain() : null,
                // Fine-tuning learns what is to be kept; only unlearning looks at what is to be forgotten.
                roles.contains(DataRole.DATA) ? retain() : null,
                objective,
                specialist.training(),
                "lora",
                specialist.lora(),
                output(node.name()),
                job().workspace(),
                compute(specialist.compute()),
                job().retry(),
                null,
                null,
                job().queueName(),
                job().ttlSecondsAfterFinished());
    }

    private StageSpec merge(StageNode node) {
        var merge = Objects.requireNonNull(job().merge());
        var weights = Objects.requireNonNull(merge.weights());
        var inputs = new ArrayList<MergeInput>();
        for (int i = 0; i < specialists().size(); i++) {
            var name = specialists().get(i).name();
            var adapter = source(StageNode.training(name));
            inputs.add(MergeInput.of(name, adapter.uri(), adapter.digest(), weights.get(i)));
        }
        return new ModelMergeSpec(
                model(),
                List.copyOf(inputs),
                merge.method(),
                merge.semantics(),
                merge.density(),
                merge.majoritySign(),
                merge.parameters(),
                new MergeOutput(output(node.name()).uri(), "model"),
                job().workspace(),
                Compute.merged(merge.compute(), withoutDevices()),
                job().retry(),
                null,
                null,
                job().queueName(),
                job().ttlSecondsAfterFinished());
    }

    private StageSpec evaluation(StageNode node) {
        var evaluation = Objects.requireNonNull(job().evaluation());
        var model = node.system().equals(StageNode.MERGE) ? source(StageNode.MERGE) : model();
        var specialist = specialists().stream().anyMatch(s -> s.name().equals(node.system()));
        return new ModelEvaluationSpec(
                model,
                specialist ? source(StageNode.training(node.system())) : null,
                forget(),
                retain(),
                Objects.requireNonNull(evaluation.suites()).stream()
                        .map(this::pinned)
                        .toList(),
                null,
                null,
                situation.gates().stream().map(Gate::metric).distinct().toList(),
                output(node.name()),
                job().workspace(),
                compute(evaluation.compute()),
                job().retry(),
                null,
                null,
                job().queueName(),
                job().ttlSecondsAfterFinished());
    }

    private StageSpec publication() {
        var gates = situation.gateResults().orElseThrow();
        var evidence = situation.views().values().stream()
                .filter(StageView::succeeded)
                .map(view -> new Evidence(
                        view.name(),
                        view.node().kind(),
                        output(view.name()).uri(),
                        view.summary().digest(),
                        view.summary().result()))
                .toList();
        return new ModelPublicationSpec(
                source(StageNode.MERGE),
                job().output(),
                Gates.verdict(gates),
                gates,
                evidence,
                job().workspace(),
                withoutDevices(),
                job().retry(),
                null,
                null,
                job().queueName(),
                job().ttlSecondsAfterFinished());
    }

    private Source model() {
        return pinned("model", job().model());
    }

    private Source forget() {
        return pinned("forget", job().forget());
    }

    private Source retain() {
        return pinned("retain", job().retain());
    }

    /** What the job reads, as it was when the job was prepared. */
    private Source pinned(String role, Source source) {
        return source.pinned(digest(role));
    }

    private SuiteSpec pinned(SuiteSpec suite) {
        suite.sources().keySet().forEach(this::digest);
        return suite.pinned(situation.inputs());
    }

    /** A preparation that does not tell of everything that the job reads has prepared nothing. */
    private String digest(String role) {
        var digest = situation.inputs().get(role);
        if (digest == null) {
            throw new InvalidSpec("stage prepare", "no digest of " + role, "one of everything that the job reads");
        }
        return digest;
    }

    /** What a stage has made, with the digest that its reader must find. */
    private Source source(String stage) {
        return new Source(output(stage).uri(), situation.view(stage).summary().digest());
    }

    private Destination output(String stage) {
        return new Destination(situation.layout().output(situation.job(), stage));
    }

    /** A merge and a publication would only keep a device from those who wait for it. */
    private @Nullable Compute withoutDevices() {
        return job().compute() == null ? null : job().compute().withoutDevices();
    }

    private @Nullable Compute compute(@Nullable Compute own) {
        return Compute.merged(own, job().compute());
    }

    private List<Specialist> specialists() {
        return Objects.requireNonNull(job().specialists());
    }

    private UnlearningJobSpec job() {
        return situation.spec();
    }
}
