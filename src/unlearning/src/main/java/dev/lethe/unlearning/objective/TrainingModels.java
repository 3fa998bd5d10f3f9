package dev.lethe.unlearning.objective;

import dev.lethe.catalog.DataRole;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.model.Dropout;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.PassLimits;
import dev.lethe.unlearning.model.TrainingPass;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The model in training and its reference, for one micro-batch.
 *
 * @param trained the model in training
 * @param forgetting what reads the rows to forget: the model in training, or that under an attack
 * @param reference the same model as it was before training
 * @param limits what a pass may keep in memory
 * @param dropout of the trained model's pass over the rows of a role
 */
public record TrainingModels(
        LanguageModel trained,
        LanguageModel forgetting,
        ReferenceModel reference,
        PassLimits limits,
        Function<DataRole, Dropout> dropout) {
    /** Of a model that nobody attacks. */
    public TrainingModels(
            LanguageModel trained, ReferenceModel reference, PassLimits limits, Function<DataRole, Dropout> dropout) {
        this(trained, trained, reference, limits, dropout);
    }

    /**
     * The trained model's states of a batch; {@link ForwardPass#backward} takes a loss made from them. Layers whose weights are
     * expanded to compute are always computed again, since the graph would keep all of them expanded.
     */
    ForwardPass forward(DataRole role, RowBatch batch) {
        LanguageModel model = role == DataRole.FORGET ? forgetting : trained;
        PassLimits kept = model.base().expands() ? new PassLimits(limits.rows(), true) : limits;
        TrainingPass pass = TrainingPass.of(model, batch.tokens(), dropout.apply(role), kept);
        return new ForwardPass(new HiddenStates(model, pass.hidden().view(batch.positions(), -1)), pass);
    }

    /**
     * Computes a term of a loss and adds its gradient, multiplied by {@code factor}, to the trained weights.
     *
     * @param term makes the term, a scalar, of log p of each target's token, f32 [n]
     * @return the term, in the scope that is open
     */
    Tensor accumulate(
            DataRole role, RowBatch rows, RowBatch.Targets targets, double factor, UnaryOperator<Tensor> term) {
        try (Scope scope = new Scope()) {
            ForwardPass pass = forward(role, rows);
            Tensor value = term.apply(pass.states().logProbs(targets));
            pass.backward(value.mul(factor));
            return scope.keep(value.detach());
        }
    }

    /** A forward pass of the trained model whose loss is still to come. */
    record ForwardPass(HiddenStates states, TrainingPass graph) {
        /** Adds the gradient of a scalar made from {@link #states} to the trained weights. */
        void backward(Tensor loss) {
            loss.backward();
            graph.backward();
        }
    }
}
