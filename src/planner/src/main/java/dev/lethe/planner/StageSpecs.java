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
            case ModelPublication -> publication();
            case UnlearningJob -> throw new IllegalArgumentException("a job is no stage");
        };
    }

    ModelPreparationSpec preparation() {
        return new ModelPreparationSpec(
                spec().model(),
                spec().forget(),
                spec().retain(),
                specialists(),
                Objects.requireNonNull(spec().merge()),
                Objects.requireNonNull(spec().evaluation()),
                spec().output(),
                output(StageNode.PREPARE),
                spec().workspace(),
                withoutDevices(),
                spec().retry(),
                null,
                null,
                spec().queueName(),
                spec().ttlSecondsAfterFinished());
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
                // Fine-tuning learns the retain data; only unlearning reads the forget data.
                roles.contains(DataRole.DATA) ? retain() : null,
                objective,
                specialist.training(),
                "lora",
                specialist.lora(),
                output(node.name()),
                spec().workspace(),
                compute(specialist.compute()),
                spec().retry(),
                null,
                null,
                spec().queueName(),
                spec().ttlSecondsAfterFinished());
    }

    private StageSpec merge(StageNode node) {
        var merge = Objects.requireNonNull(spec().merge());
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
                spec().workspace(),
                Compute.merged(merge.compute(), withoutDevices()),
                spec().retry(),
                null,
                null,
                spec().queueName(),
                spec().ttlSecondsAfterFinished());
    }

    private StageSpec evaluation(StageNode node) {
        var evaluation = Objects.requireNonNull(spec().evaluation());
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
                job.gates().stream().map(Gate::metric).distinct().toList(),
                output(node.name()),
                spec().workspace(),
                compute(evaluation.compute()),
                spec().retry(),
                null,
                null,
                spec().queueName(),
                spec().ttlSecondsAfterFinished());
    }

    private StageSpec publication() {
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
                source(StageNode.MERGE),
                spec().output(),
                Gates.verdict(gates),
                gates,
                evidence,
                spec().workspace(),
                withoutDevices(),
                spec().retry(),
                null,
                null,
                spec().queueName(),
                spec().ttlSecondsAfterFinished());
    }

    private Source model() {
        return pinned("model", spec().model());
    }

    private Source forget() {
        return pinned("forget", spec().forget());
    }

    private Source retain() {
        return pinned("retain", spec().retain());
    }

    /** An input of the job, with the digest that it had when the job was prepared. */
    private Source pinned(String role, Source source) {
        return source.pinned(digest(role));
    }

    private SuiteSpec pinned(SuiteSpec suite) {
        suite.sources().keySet().forEach(this::digest);
        return suite.pinned(job.inputs());
    }

    /** A preparation must report the digest of every input of the job. */
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

    /** Stages that compute nothing on a device must not hold one that others wait for. */
    private @Nullable Compute withoutDevices() {
        return spec().compute() == null ? null : spec().compute().withoutDevices();
    }

    private @Nullable Compute compute(@Nullable Compute own) {
        return Compute.merged(own, spec().compute());
    }

    private List<Specialist> specialists() {
        return Objects.requireNonNull(spec().specialists());
    }

    private UnlearningJobSpec spec() {
        return job.spec();
    }
}
