package dev.lethe.unlearning.objective;

import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Functional;
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Arrays;

/**
 * The final hidden states of a batch.
 *
 * @param model that made them, and whose head reads them
 * @param hidden [places, hidden]
 */
record HiddenStates(LanguageModel model, Tensor hidden) {

    /** log p of each target's token: f32 [n]. */
    Tensor logProbs(RowBatch.Targets targets) {
        return model.logProbs(at(targets.positions()), targets.tokens());
    }

    /**
     * {@code KL(reference‖this) = Σ r (log r − log p)} of the next token's distributions at some positions: f32 [n].
     *
     * @param positions ascending [n]
     */
    Tensor divergence(HiddenStates reference, long[] positions) {
        Tensor theirs = reference.at(positions);
        return model.perPosition(at(positions), (logits, first) -> {
            Tensor logR = reference.logProbabilities(theirs.narrow(0, first, logits.size(0)));
            return logR.exp().mul(logR.sub(Functional.logSoftmax(logits, -1))).sum(-1);
        });
    }

    /**
     * The cross-entropy with the reference's distribution of each target's place, had the target's token a logit that is lower by
     * {@code beta}: f32 [n].
     */
    Tensor distillation(HiddenStates reference, RowBatch.Targets targets, double beta) {
        Tensor theirs = reference.at(targets.positions());
        return model.perPosition(at(targets.positions()), (logits, first) -> {
            int count = (int) logits.size(0);
            long[] tokens = Arrays.copyOfRange(targets.tokens(), first, first + count);
            Tensor adjusted = reference.adjusted(theirs.narrow(0, first, count), tokens, beta);
            return adjusted.mul(Functional.logSoftmax(logits, -1)).sum(-1).neg();
        });
    }

    /** The next token's distributions, each with the logit of one token lower by {@code beta}. */
    private Tensor adjusted(Tensor states, long[] tokens, double beta) {
        try (NoGrad _ = new NoGrad()) {
            Tensor index = Tensor.on(states.device(), tokens, tokens.length, 1);
            Tensor lower = Tensor.full(-beta, Dtype.F32, states.device(), tokens.length, 1);
            return Functional.softmax(model.logits(states).to(Dtype.F32).scatterAdd(1, index, lower), -1);
        }
    }

    private Tensor logProbabilities(Tensor states) {
        try (NoGrad _ = new NoGrad()) {
            return Functional.logSoftmax(model.logits(states).to(Dtype.F32), -1);
        }
    }

    private Tensor at(long[] positions) {
        return positions.length == hidden.size(0)
                ? hidden
                : hidden.indexSelect(0, Tensor.on(hidden.device(), positions, positions.length));
    }
}
