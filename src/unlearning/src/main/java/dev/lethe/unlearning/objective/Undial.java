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
import java.util.Set;

/**
 * Unlearning by self-distillation on adjusted logits (UNDIAL, Dong et al. 2024): the model learns what it would have said of a forget
 * row had each right token been less likely. With z the reference's logits and y the token that follows, the mean over the
 * answers' tokens of the cross-entropy with {@code softmax(z − β·onehot(y))}. What is left in place of a row is what the
 * model itself held for next best, so that it goes on talking.
 *
 * <p>The published code averages over prompt and padding, too, and lowers a logit of the last tokens of the vocabulary there;
 * here answers alone count.
 *
 * @param beta how much lower the logit of a right token is, β
 * @param forget weight of the term; 0 leaves it out
 */
public record Undial(double beta, double forget, RetainTerms kept) implements Objective {
    /** The registered name. */
    public static final String NAME = "undial";

    static Undial of(Settings settings) {
        return new Undial(settings.number("beta"), settings.number("weights.forget"), RetainTerms.of(settings));
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
            try (Scope scope = new Scope()) {
                HiddenStates reference = models.reference().states(rows, models.limits());
                ForwardPass pass = models.forward(DataRole.FORGET, rows);
                Tensor loss = loss(pass.states(), reference, rows);
                pass.backward(loss.mul(factor));
                return scope.keep(loss.detach());
            }
        });
    }

    /** UNDIAL, a scalar. */
    Tensor loss(HiddenStates trained, HiddenStates reference, RowBatch rows) {
        return trained.distillation(reference, rows.targets(LossMask.ANSWER), beta)
                .mean();
    }
}
