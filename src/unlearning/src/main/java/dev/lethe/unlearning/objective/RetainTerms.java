package dev.lethe.unlearning.objective;

import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Settings;
import dev.lethe.unlearning.data.LossMask;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.objective.TrainingModels.ForwardPass;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What keeps the rest while rows are forgotten: {@code retain·CE + kl·KL} on the retain rows, and {@link CrossEntropy#decoupled}.
 *
 * <ul>
 *   <li>CE: the mean of −log p over the answers' tokens of the micro-batch;
 *   <li>KL: KL(reference‖model) averaged over the positions of a {@link KlMask}.
 * </ul>
 *
 * <p>Rows are computed without the padding that no counted position sees, which changes no loss. {@link KlMask#ALL}
 * counts the padding itself, as if retain rows were padded to the full length, where a padding token sees every
 * position of its row alike, as in transformers' eager attention. (Its other attention implementations give padding
 * other states, and this term other values.)
 *
 * @param retain weight of the cross-entropy
 * @param kl weight of the KL
 */
record RetainTerms(double retain, double kl, KlMask klMask, CrossEntropy decoupled) {
    /** The term that forgets. */
    @FunctionalInterface
    interface ForgetTerm {
        /** Adds its gradient on these rows, multiplied by {@code factor}, to the trained weights, and returns its value. */
        Tensor accumulate(RowBatch rows, double factor);
    }

    static RetainTerms of(Settings settings) {
        return new RetainTerms(
                settings.number("weights.retain"),
                settings.number("weights.kl"),
                settings.choice("klMask", KlMask.class),
                CrossEntropy.decoupled(settings));
    }

    static RetainTerms withoutKl(Settings settings) {
        return new RetainTerms(settings.number("weights.retain"), 0, KlMask.NON_PAD, CrossEntropy.decoupled(settings));
    }

    RetainTerms withRetain(double weight) {
        return new RetainTerms(weight, kl, klMask, decoupled);
    }

    /** The sets of rows that an objective with these terms reads. */
    Set<DataRole> roles(ObjectiveDescriptor objective) {
        return objective.roles(decoupled.weight());
    }

    /**
     * The loss that forgets and keeps. Its gradient, multiplied by {@code scale}, is added to the trained weights.
     *
     * @param forget weight of the term that forgets; a weight of 0 leaves it out, as does a micro-batch without rows to forget
     */
    Terms accumulate(TrainingModels models, MicroBatch batch, double scale, double forget, ForgetTerm forgetTerm) {
        SortedMap<String, Terms.Term> terms = new TreeMap<>();
        double weight = forget * batch.factor(DataRole.FORGET);
        if (weight != 0) {
            Tensor value = forgetTerm.accumulate(batch.of(DataRole.FORGET).trimmed(), weight * scale);
            terms.put("forget", new Terms.Term(weight, value));
        }
        ofRetainRows(models, batch, scale, terms);
        decoupled.accumulate(models, batch, scale, terms);
        return new Terms(terms);
    }

    private void ofRetainRows(
            TrainingModels models, MicroBatch batch, double scale, SortedMap<String, Terms.Term> terms) {
        if (kl <= 0) {
            new CrossEntropy(DataRole.RETAIN, retain).accumulate(models, batch, scale, terms);
            return;
        }
        RowBatch padded = batch.of(DataRole.RETAIN);
        RowBatch rows = klMask == KlMask.ALL ? padded : padded.trimmed();
        try (Scope scope = new Scope()) {
            HiddenStates reference = models.reference().states(rows, models.limits());
            ForwardPass pass = models.forward(DataRole.RETAIN, rows);
            Tensor crossEntropy =
                    pass.states().logProbs(rows.targets(LossMask.ANSWER)).mean().neg();
            Tensor divergence = klMask.average(pass.states().divergence(reference, klMask.positions(rows)), rows);
            pass.backward(crossEntropy.mul(retain * scale).add(divergence.mul(kl * scale)));
            terms.put("retain", new Terms.Term(retain, scope.keep(crossEntropy.detach())));
            terms.put("kl", new Terms.Term(kl, scope.keep(divergence.detach())));
        }
    }
}
