package dev.lethe.unlearning.objective;

import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Functional;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Arrays;

/**
 * How negative preference optimisation (NPO, Zhang et al. 2024) gathers token losses. With D the gathered difference of a
 * model's {@code −log p} to its reference's, the loss is the mean of {@code −(2/β)·log σ(β·D)} over all D.
 */
public enum NpoReduction {
    /** One D: the mean over all tokens of the micro-batch. What ZJUKLAB's SemEval-2025 code computes. */
    BATCH_TOKEN_MEAN,
    /** One D for each row: the mean over its tokens. */
    SEQ_MEAN,
    /** One D for each row: the sum over its tokens. NPO's own. */
    SEQ_SUM,
    /** One D for each token (Atyaephyra, SemEval-2025). */
    PER_TOKEN;

    /**
     * The loss, a scalar.
     *
     * @param logProbs log p of each token under the trained model, f32 [n]
     * @param reference the same under the reference [n]
     * @param rows the row of each token, ascending [n]
     * @param beta the inverse temperature β, above 0
     */
    public Tensor loss(Tensor logProbs, Tensor reference, int[] rows, double beta) {
        Tensor gathered = gathered(reference.sub(logProbs), rows);
        return Functional.logSigmoid(gathered.mul(beta)).mean().mul(-2 / beta);
    }

    private Tensor gathered(Tensor differences, int[] rows) {
        return switch (this) {
            case BATCH_TOKEN_MEAN -> differences.mean();
            case SEQ_MEAN -> perRow(rows, true, differences.device()).mv(differences);
            case SEQ_SUM -> perRow(rows, false, differences.device()).mv(differences);
            case PER_TOKEN -> differences;
        };
    }

    /** The matrix [rows, n] that sums or averages the tokens of each row that has any. */
    private static Tensor perRow(int[] rows, boolean mean, Device device) {
        int[] present = Arrays.stream(rows).distinct().toArray();
        float[] matrix = new float[present.length * rows.length];
        for (int i = 0; i < present.length; i++) {
            int row = present[i];
            long size = Arrays.stream(rows).filter(r -> r == row).count();
            for (int token = 0; token < rows.length; token++) {
                matrix[i * rows.length + token] = rows[token] != row ? 0 : mean ? 1f / size : 1;
            }
        }
        return Tensor.on(device, matrix, present.length, rows.length);
    }
}
