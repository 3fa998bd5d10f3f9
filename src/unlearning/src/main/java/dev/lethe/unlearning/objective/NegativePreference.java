package dev.lethe.unlearning.objective;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Settings;
import dev.lethe.unlearning.data.LossMask;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Negative preference optimisation with two terms that keep the rest, as in ZJUKLAB's SemEval-2025 system: {@code
 * forget·NPO + retain·CE + kl·KL}, of {@link NpoReduction} and {@link RetainTerms}; and {@link CrossEntropy#decoupled}.
 *
 * <p>The published code's names mislead: its {@code gd_ratio} weighs the KL and its {@code gk_ratio} the cross-entropy.
 *
 * @param beta NPO's inverse temperature
 * @param tokens of the rows to forget, that are forgotten
 * @param forget weight of NPO; a weight of 0 leaves the term out
 */
public record NegativePreference(
        double beta, NpoReduction reduction, LossMask tokens, double forget, RetainTerms kept, CrossEntropy decoupled)
        implements Objective {
    /** The registered name. */
    public static final String NAME = "npo";

    static NegativePreference of(Settings settings) {
        return new NegativePreference(
                settings.number("beta"),
                settings.choice("reduction", NpoReduction.class),
                settings.choice("tokens", LossMask.class),
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
            double value = forget(models, batch.of(DataRole.FORGET).trimmed(), weight * scale);
            terms.put("forget", value);
            total += weight * value;
        }
        total += kept.accumulate(models, batch, scale, terms);
        total += decoupled.accumulate(models, batch, scale, terms);
        return new Loss(total, terms);
    }

    private double forget(TrainingModels models, RowBatch rows, double factor) {
        RowBatch.Targets targets = rows.targets(tokens);
        try (Scope _ = new Scope()) {
            Tensor reference = models.reference().logProbs(rows, tokens);
            return models.accumulate(
                    DataRole.FORGET,
                    rows,
                    targets,
                    factor,
                    logProbs -> reduction.loss(logProbs, reference, targets.rows(), beta));
        }
    }
}
