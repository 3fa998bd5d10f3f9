package dev.lethe.pipeline.stage;

import dev.lethe.api.resource.Destination;
import dev.lethe.api.resource.MergeInput;
import dev.lethe.api.resource.MergeOutput;
import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.resource.ModelPublicationSpec.Evidence;
import dev.lethe.api.resource.ModelTrainingSpec;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.SuiteSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stage's spec with every URI a mounted path. How pods run (compute, retry, queue …) is left out: no worker's business. */
record MountedSpec(Mounts mounts) {
    StageSpec of(StageSpec spec) {
        return switch (spec) {
            case ModelTrainingSpec training -> of(training);
            case ModelMergeSpec merge -> of(merge);
            case ModelEvaluationSpec evaluation -> of(evaluation);
            case ModelPublicationSpec publication -> of(publication);
        };
    }

    private StageSpec of(ModelTrainingSpec spec) {
        return new ModelTrainingSpec(
                of(spec.model()),
                orNull(spec.forget()),
                orNull(spec.retain()),
                orNull(spec.data()),
                spec.objective(),
                spec.training(),
                spec.mode(),
                spec.lora(),
                of(spec.output()),
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private StageSpec of(ModelMergeSpec spec) {
        return new ModelMergeSpec(
                orNull(spec.base()),
                spec.inputs().stream()
                        .map(in -> new MergeInput(in.name(), mounts.path(in.uri()), in.digest(), in.weight()))
                        .toList(),
                spec.method(),
                spec.semantics(),
                spec.density(),
                spec.majoritySign(),
                new MergeOutput(mounts.path(spec.output().uri()), spec.output().form()),
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private StageSpec of(ModelEvaluationSpec spec) {
        return new ModelEvaluationSpec(
                of(spec.model()),
                orNull(spec.adapter()),
                of(spec.forget()),
                of(spec.retain()),
                spec.suites().stream().map(this::of).toList(),
                spec.gates(),
                orNull(spec.baseline()),
                of(spec.output()),
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private StageSpec of(ModelPublicationSpec spec) {
        return new ModelPublicationSpec(
                of(spec.model()),
                of(spec.output()),
                spec.verdict(),
                spec.gates(),
                spec.evidence() == null ? null : evidence(spec.evidence()),
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private List<Evidence> evidence(List<Evidence> evidence) {
        return evidence.stream()
                .map(e -> new Evidence(e.stage(), e.kind(), mounts.path(e.uri()), e.digest()))
                .toList();
    }

    private SuiteSpec of(SuiteSpec suite) {
        return new SuiteSpec(
                suite.name(),
                orNull(suite.members()),
                orNull(suite.nonMembers()),
                orNull(suite.mmlu()),
                suite.maxNewTokens(),
                suite.batchSize());
    }

    private Source of(Source source) {
        return new Source(mounts.path(source.uri()), source.digest());
    }

    private @Nullable Source orNull(@Nullable Source source) {
        return source == null ? null : of(source);
    }

    private Destination of(Destination destination) {
        return new Destination(mounts.path(destination.uri()));
    }
}
