package dev.lethe.unlearning.objective;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Settings;
import dev.lethe.unlearning.data.LossMask;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Preference optimisation as in SAFEERASER (arXiv 2502.12520): cross-entropy on the prompts of forget rows with refusals for
 * answers, and on retain rows; and {@link CrossEntropy#decoupled}.
 *
 * @param mean how the token losses of the two sets become one number
 * @param forget weight of a refusal's tokens; a weight of 0 leaves them out
 * @param retain weight of a retain answer's tokens; a weight of 0 leaves them out
 */
public record PreferenceOptimisation(Mean mean, double forget, double retain, CrossEntropy decoupled)
        implements Objective {
    /** The registered name. */
    public static final String NAME = "po";

    /** How the token losses of two sets become one number. */
    enum Mean {
        /** One mean over the tokens of both sets, each with its set's weight. */
        JOINED,
        /** The weighted sum of a mean over each set. */
        APART
    }

    static PreferenceOptimisation of(Settings settings) {
        return new PreferenceOptimisation(
                settings.choice("mean", Mean.class),
                settings.number("weights.forget"),
                settings.number("weights.retain"),
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
    public boolean refuses() {
        return true;
    }

    @Override
    public Loss accumulate(TrainingModels models, MicroBatch batch, double scale) {
        SortedMap<String, Double> terms = new TreeMap<>();
        double weight = forget * batch.factor(DataRole.FORGET);
        double forgetTokens = weight > 0 ? weight * answerTokens(batch, DataRole.FORGET) : 0;
        double retainTokens = retain * answerTokens(batch, DataRole.RETAIN);
        double joined = forgetTokens + retainTokens;
        double total = 0;
        if (weight > 0) {
            double share = mean == Mean.JOINED ? forgetTokens / joined : weight;
            total += new CrossEntropy(DataRole.FORGET, share / batch.forgetting())
                    .accumulate(models, batch, scale, terms);
        }
        if (retain > 0) {
            double share = mean == Mean.JOINED ? retainTokens / joined : retain;
            total += new CrossEntropy(DataRole.RETAIN, share).accumulate(models, batch, scale, terms);
        }
        total += decoupled.accumulate(models, batch, scale, terms);
        return new Loss(total, terms);
    }

    private static int answerTokens(MicroBatch batch, DataRole role) {
        return batch.of(role).targets(LossMask.ANSWER).count();
    }
}
