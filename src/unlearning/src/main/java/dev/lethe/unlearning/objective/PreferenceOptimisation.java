package dev.lethe.unlearning.objective;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Settings;
import dev.lethe.unlearning.data.LossMask;
import java.util.Set;

/**
 * Preference optimisation as in SAFEERASER (arXiv 2502.12520): cross-entropy on the prompts of forget rows with refusals for
 * answers, and on retain rows; and the decoupled rows of {@link RetainTerms}.
 *
 * @param mean how the token losses of the two sets become one number
 * @param forget weight of a refusal's tokens; a weight of 0 leaves them out
 * @param kept the weight of a retain answer's tokens, without a KL
 */
public record PreferenceOptimisation(Mean mean, double forget, RetainTerms kept) implements Objective {
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
                RetainTerms.withoutKl(settings));
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
    public boolean refuses() {
        return true;
    }

    @Override
    public Terms accumulate(TrainingModels models, MicroBatch batch, double scale) {
        double weight = forget * batch.factor(DataRole.FORGET);
        double forgetTokens = weight > 0 ? weight * answerTokens(batch, DataRole.FORGET) : 0;
        double retainTokens = kept.retain() * answerTokens(batch, DataRole.RETAIN);
        double joined = forgetTokens + retainTokens;
        return kept.withRetain(share(kept.retain(), retainTokens, joined))
                .accumulate(
                        models,
                        batch,
                        scale,
                        share(weight, forgetTokens, joined) / batch.forgetting(),
                        (rows, factor) -> CrossEntropy.accumulate(models, DataRole.FORGET, rows, factor));
    }

    private double share(double weight, double tokens, double joined) {
        return mean == Mean.APART || weight == 0 ? weight : tokens / joined;
    }

    private static int answerTokens(MicroBatch batch, DataRole role) {
        return batch.of(role).targets(LossMask.ANSWER).count();
    }
}
