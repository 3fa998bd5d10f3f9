package dev.lethe.unlearning.objective;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Settings;
import dev.lethe.unlearning.data.LossMask;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.objective.TrainingModels.ForwardPass;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Negative preference optimisation with two terms that keep the rest, as in ZJUKLAB's SemEval-2025 system: {@code
 * forget·NPO + retain·CE + kl·KL}.
 *
 * <ul>
 *   <li>NPO on the rows to forget: see {@link NpoReduction};
 *   <li>CE on the retain rows: the mean of −log p over the answers' tokens of the micro-batch;
 *   <li>KL on the retain rows: KL(reference‖model) averaged over the positions of a {@link KlMask}.
 * </ul>
 *
 * <p>The published code's names mislead: its {@code gd_ratio} weighs the KL and its {@code gk_ratio} the cross-entropy.
 *
 * <p>Rows are computed without the padding that no counted position sees, which changes no loss. {@link KlMask#ALL}
 * counts the padding itself, as if retain rows were padded to the full length, where a padding token sees every
 * position of its row alike, as in transformers' eager attention. (Its other attention implementations give padding
 * other states, and this term other values.)
 *
 * @param beta NPO's inverse temperature
 * @param forget weight of NPO; a weight of 0 leaves the term out
 * @param retain weight of the cross-entropy
 * @param kl weight of the KL
 */
public record NegativePreference(
        double beta, NpoReduction reduction, KlMask klMask, double forget, double retain, double kl)
        implements Objective {
    /** The registered name. */
    public static final String NAME = "npo";

    static NegativePreference of(Settings settings) {
        return new NegativePreference(
                settings.number("beta"),
                settings.choice("reduction", NpoReduction.class),
                settings.choice("klMask", KlMask.class),
                settings.number("weights.forget"),
                settings.number("weights.retain"),
                settings.number("weights.kl"));
    }

    @Override
    public ObjectiveDescriptor descriptor() {
        return Catalog.OBJECTIVES.find(NAME).orElseThrow();
    }

    @Override
    public Loss accumulate(TrainingModels models, MicroBatch batch, double scale) {
        SortedMap<String, Double> terms = new TreeMap<>();
        double total = 0;
        double forgetting = forget * batch.forgetting();
        if (forgetting > 0 && batch.has(DataRole.FORGET)) {
            double value = forget(models, batch.of(DataRole.FORGET).trimmed(), forgetting * scale);
            terms.put("forget", value);
            total += forgetting * value;
        }
        if (retain > 0 || kl > 0) {
            Kept kept = retain(models, batch.of(DataRole.RETAIN), scale);
            terms.put("retain", kept.crossEntropy);
            if (kl > 0) {
                terms.put("kl", kept.divergence);
            }
            total += retain * kept.crossEntropy + kl * kept.divergence;
        }
        return new Loss(total, terms);
    }

    private double forget(TrainingModels models, RowBatch rows, double weight) {
        RowBatch.Targets targets = rows.targets(LossMask.ANSWER);
        try (Scope _ = new Scope()) {
            Tensor reference = models.reference(rows).logProbs(targets);
            ForwardPass pass = models.forward(DataRole.FORGET, rows);
            Tensor loss = reduction.loss(pass.states().logProbs(targets), reference, targets.rows(), beta);
            pass.backward(loss.mul(weight));
            return loss.item();
        }
    }

    /** The two terms on the retain rows. */
    private record Kept(double crossEntropy, double divergence) {}

    private Kept retain(TrainingModels models, RowBatch padded, double scale) {
        RowBatch rows = kl > 0 && klMask == KlMask.ALL ? padded : padded.trimmed();
        try (Scope _ = new Scope()) {
            HiddenStates reference = kl > 0 ? models.reference(rows) : null;
            ForwardPass pass = models.forward(DataRole.RETAIN, rows);
            Tensor crossEntropy =
                    pass.states().logProbs(rows.targets(LossMask.ANSWER)).mean().neg();
            Tensor loss = crossEntropy.mul(retain * scale);
            if (reference == null) {
                pass.backward(loss);
                return new Kept(crossEntropy.item(), 0);
            }
            Tensor divergence = klMask.average(pass.states().divergence(reference, klMask.positions(rows)), rows);
            pass.backward(loss.add(divergence.mul(kl * scale)));
            return new Kept(crossEntropy.item(), divergence.item());
        }
    }
}
