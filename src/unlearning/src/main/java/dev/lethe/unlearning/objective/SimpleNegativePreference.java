package dev.lethe.unlearning.objective;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Settings;
import dev.lethe.unlearning.data.LossMask;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Simple negative preference optimisation (SimNPO, Fan et al. 2024, as open-unlearning computes it): with M the mean of
 * −log p over a row's answer, the mean over rows of {@code −(2/β)·log σ(β·(M − δ))}. This is NPO per row with δ in place of
 * each token's loss under a reference.
 *
 * @param beta the inverse temperature β
 * @param delta δ; the paper's margin is β·δ
 * @param forget weight of SimNPO; a weight of 0 leaves the term out
 */
public record SimpleNegativePreference(
        double beta, double delta, double forget, RetainTerms kept, CrossEntropy decoupled) implements Objective {
    /** The registered name. */
    public static final String NAME = "simnpo";

    static SimpleNegativePreference of(Settings settings) {
        return new SimpleNegativePreference(
                settings.number("beta"),
                settings.number("delta"),
                settings.number("weights.forget"),
                RetainTerms.of(settings),
                CrossEntropy.decoupled(settings));
    }

    @Override
    public ObjectiveDescriptor descriptor() {
        return Catalog.OBJECTIVES.find(NAME).orElseThrow();
    }

    @Override
    public Set<DataRole> roles() {
        return descriptor().roles(decoupled.weight());
    }

    @Override
    public Loss accumulate(TrainingModels models, MicroBatch batch, double scale) {
        SortedMap<String, Double> terms = new TreeMap<>();
        double total = 0;
        double weight = forget * batch.factor(DataRole.FORGET);
        if (weight > 0) {
            RowBatch rows = batch.of(DataRole.FORGET).trimmed();
            RowBatch.Targets targets = rows.targets(LossMask.ANSWER);
            double value = models.accumulate(
                    DataRole.FORGET, rows, targets, weight * scale, logProbs -> loss(logProbs, targets.rows()));
            terms.put("forget", value);
            total += weight * value;
        }
        total += kept.accumulate(models, batch, scale, terms);
        total += decoupled.accumulate(models, batch, scale, terms);
        return new Loss(total, terms);
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
