package dev.lethe.unlearning.objective;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Settings;
import dev.lethe.unlearning.data.LossMask;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Set;

/**
 * Simple negative preference optimisation (SimNPO, Fan et al. 2024, as open-unlearning computes it): with M the mean of
 * −log p over a row's answer, the mean over rows of {@code −(2/β)·log σ(β·(M − δ))}. This is NPO per row with δ in place of
 * each token's loss under a reference.
 *
 * @param beta the inverse temperature β
 * @param delta δ; the paper's margin is β·δ
 * @param forget weight of SimNPO; a weight of 0 leaves the term out
 */
public record SimpleNegativePreference(double beta, double delta, double forget, RetainTerms kept)
        implements Objective {
    /** The registered name. */
    public static final String NAME = "simnpo";

    static SimpleNegativePreference of(Settings settings) {
        return new SimpleNegativePreference(
                settings.number("beta"),
                settings.number("delta"),
                settings.number("weights.forget"),
                RetainTerms.of(settings));
    }

    @Override
    public ObjectiveDescriptor descriptor() {
        return Catalog.OBJECTIVES.find(NAME).orElseThrow();
    }

    @Override
    public Set<DataRole> roles() {
        return kept.roles(descriptor());
    }

    @Override
    public Terms accumulate(TrainingModels models, MicroBatch batch, double scale) {
        return kept.accumulate(models, batch, scale, forget, (rows, factor) -> {
            RowBatch.Targets targets = rows.targets(LossMask.ANSWER);
            return models.accumulate(
                    DataRole.FORGET, rows, targets, factor, logProbs -> loss(logProbs, targets.rows()));
        });
    }

    /**
     * SimNPO, a scalar.
     *
     * @param logProbs log p of each token, f32 [n]
     * @param rows the row of each token, ascending [n]
     */
    Tensor loss(Tensor logProbs, int[] rows) {
        Tensor reference = Tensor.full(-delta, logProbs.dtype(), logProbs.device(), logProbs.shape());
        return NpoReduction.SEQ_MEAN.loss(logProbs, reference, rows, beta);
    }
}
