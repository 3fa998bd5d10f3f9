package dev.lethe.unlearning.objective;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Settings;
import dev.lethe.unlearning.data.LossMask;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.tensor.Tensor;

/**
 * Plain fine-tuning: the mean over all counted tokens of the micro-batch of {@code −log p}.
 *
 * @param tokens what counts; with {@link LossMask#ALL} the model memorises the rows
 */
public record FineTuning(LossMask tokens) implements Objective {
    /** The registered name. */
    public static final String NAME = "ft";

    static FineTuning of(Settings settings) {
        return new FineTuning(settings.choice("tokens", LossMask.class));
    }

    @Override
    public ObjectiveDescriptor descriptor() {
        return Catalog.OBJECTIVES.find(NAME).orElseThrow();
    }

    @Override
    public Terms accumulate(TrainingModels models, MicroBatch batch, double scale) {
        RowBatch rows = batch.of(DataRole.DATA).trimmed();
        Tensor value = models.accumulate(DataRole.DATA, rows, rows.targets(tokens), scale, logProbs -> logProbs.mean()
                .neg());
        return Terms.of("data", 1, value);
    }
}
