package dev.lethe.planner.stage;

import dev.lethe.api.resource.LoraSpec;
import dev.lethe.api.resource.MergeOutput;
import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.resource.ModelTrainingSpec;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.TrainingSettings;
import dev.lethe.planner.recipe.CatalogDefaults;
import org.jspecify.annotations.Nullable;

/** Fills the defaults into a stage's spec, as a worker has none of its own. */
final class StageDefaults {
    private StageDefaults() {}

    static StageSpec fill(StageSpec spec) {
        return switch (spec) {
            case ModelPreparationSpec preparation -> preparation;
            case ModelTrainingSpec training -> fill(training);
            case ModelMergeSpec merge -> fill(merge);
            case ModelEvaluationSpec evaluation -> fill(evaluation);
            case ModelPublicationSpec publication -> publication;
        };
    }

    private static StageSpec fill(ModelTrainingSpec spec) {
        var settings = spec.training() == null ? TrainingSettings.ABSENT : spec.training();
        var mode = or(spec.mode(), "lora");
        var lora = spec.lora() == null ? LoraSpec.ABSENT : spec.lora();
        return new ModelTrainingSpec(
                spec.model(),
                spec.forget(),
                spec.retain(),
                spec.data(),
                CatalogDefaults.objective(spec.objective(), "spec.objective"),
                settings.orElse(TrainingSettings.DEFAULTS),
                mode,
                mode.equals("lora") ? lora.orElse(LoraSpec.DEFAULTS) : spec.lora(),
                spec.output(),
                spec.workspace(),
                spec.compute(),
                spec.retry(),
                spec.activeDeadlineSeconds(),
                spec.suspend(),
                spec.queueName(),
                spec.ttlSecondsAfterFinished());
    }

    private static StageSpec fill(ModelMergeSpec spec) {
        var method = or(spec.method(), "ties");
        var ties = method.equals("ties") && or(spec.semantics(), "peft").equals("peft");
        return new ModelMergeSpec(
                spec.base(),
                spec.inputs().stream()
                        .map(in -> in.withWeight(or(in.weight(), 1.0)))
                        .toList(),
                method,
                or(spec.semantics(), "peft"),
                spec.density() == null && ties ? Double.valueOf(0.8) : spec.density(),
                spec.majoritySign() == null && ties ? "total" : spec.majoritySign(),
                spec.parameters(),
                new MergeOutput(spec.output().uri(), or(spec.output().form(), "adapter")),
                spec.workspace(),
                spec.compute(),
                spec.retry(),
                spec.activeDeadlineSeconds(),
                spec.suspend(),
                spec.queueName(),
                spec.ttlSecondsAfterFinished());
    }

    private static StageSpec fill(ModelEvaluationSpec spec) {
        return new ModelEvaluationSpec(
                spec.model(),
                spec.adapter(),
                spec.forget(),
                spec.retain(),
                spec.suites().stream()
                        .map(it -> CatalogDefaults.suite(it, "spec.suites[" + it.name() + "]"))
                        .toList(),
                spec.gates(),
                spec.baseline(),
                spec.requiredMetrics(),
                spec.output(),
                spec.workspace(),
                spec.compute(),
                spec.retry(),
                spec.activeDeadlineSeconds(),
                spec.suspend(),
                spec.queueName(),
                spec.ttlSecondsAfterFinished());
    }

    private static <T> T or(@Nullable T first, T second) {
        return first != null ? first : second;
    }
}
