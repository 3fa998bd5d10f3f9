package dev.lethe.unlearning.objective;

import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Settings;
import dev.lethe.unlearning.data.LossMask;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.SortedMap;

/**
 * A term of a loss: the mean of −log p over the answers' tokens of a role's rows in the micro-batch.
 *
 * @param weight 0 leaves the term out
 */
record CrossEntropy(DataRole role, double weight) {
    /**
     * Prompt decoupling (SAFEERASER, arXiv 2502.12520): on rows that put the instruction of a row to forget into a harmless
     * context, with a normal answer, so that it is not the instruction by itself that is forgotten or refused.
     */
    static CrossEntropy decoupled(Settings settings) {
        return new CrossEntropy(DataRole.DECOUPLE, settings.number(ObjectiveDescriptor.DECOUPLE));
    }

    /**
     * Adds the term's gradient, multiplied by {@code scale}, to the trained weights.
     *
     * @param terms gets the term, by its role, where it is not left out
     */
    void accumulate(TrainingModels models, MicroBatch batch, double scale, SortedMap<String, Terms.Term> terms) {
        double weighed = weight * batch.factor(role);
        if (weighed != 0) {
            Tensor value = accumulate(models, role, batch.of(role).trimmed(), weighed * scale);
            terms.put(role.toString(), new Terms.Term(weighed, value));
        }
    }

    /** The mean over some rows, and its gradient multiplied by {@code factor}. */
    static Tensor accumulate(TrainingModels models, DataRole role, RowBatch rows, double factor) {
        return models.accumulate(role, rows, rows.targets(LossMask.ANSWER), factor, logProbs -> logProbs.mean()
                .neg());
    }
}
