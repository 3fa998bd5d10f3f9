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

/**
 * Negative preference optimisation with two terms that keep the rest, as in ZJUKLAB's SemEval-2025 system: {@code
 * forget·NPO + retain·CE + kl·KL}, of {@link NpoReduction} and {@link RetainTerms}.
 *
 * <p>The published code's names mislead: its {@code gd_ratio} weighs the KL and its {@code gk_ratio} the cross-entropy.
 *
 * @param beta NPO's inverse temperature
 * @param tokens of the rows to forget, that are forgotten
 * @param forget weight of NPO; a weight of 0 leaves the term out
 */
public record NegativePreference(double beta, NpoReduction reduction, LossMask tokens, double forget, RetainTerms kept)
        implements Objective {
    /** The registered name. */
    public static final String NAME = "npo";

    static NegativePreference of(Settings settings) {
        return new NegativePreference(
                settings.number("beta"),
                settings.choice("reduction", NpoReduction.class),
                settings.choice("tokens", LossMask.class),
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
        return kept.accumulate(models, batch, scale, forget, (rows, factor) -> forget(models, rows, factor));
    }

    private Tensor forget(TrainingModels models, RowBatch rows, double factor) {
        RowBatch.Targets targets = rows.targets(tokens);
        try (Scope scope = new Scope()) {
            Tensor reference = models.reference().logProbs(rows, tokens, models.limits());
            return scope.keep(models.accumulate(
                    DataRole.FORGET,
                    rows,
                    targets,
                    factor,
                    logProbs -> reduction.loss(logProbs, reference, targets.rows(), beta)));
        }
    }
}
