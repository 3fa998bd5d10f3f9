package dev.lethe.unlearning.training;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.data.Pairing;
import java.util.Optional;

/**
 * How a specialist is trained. The schedule is a linear warm-up and a linear decay to zero ({@link LinearSchedule}), or what
 * a closed loop makes of it ({@link TrainingTarget}).
 *
 * @param epochs passes over the data; at most so many where there is a target
 * @param batchSize rows of one micro-batch: rows to forget, or rows to learn
 * @param retainBatchSize retain rows of one micro-batch; as many as rows to forget where they are paired row by row
 * @param gradientAccumulation micro-batches of one step; their losses are averaged
 * @param learningRate at the end of the warm-up
 * @param weightDecay decoupled, on every trained matrix
 * @param warmupEpochs length of the warm-up
 * @param maxLength tokens of a row, prompt and answer
 * @param maxGradNorm the gradient's greatest Euclidean norm; 0 leaves it as it is
 * @param pairing how forget rows find their retain rows
 * @param shuffle whether each epoch has an order of its own; false is the order of the file
 * @param gradientCheckpointing trades time for memory: layers are computed again in the backward pass
 * @param seed of the order, the adapter's start and dropout
 * @param keepCheckpoints how many earlier states of the weights lie beside the result: the last ones at which an epoch ended, or at which
 *     all was forgotten that a closed loop then attacked
 * @param until what ends a run; empty for one of all epochs
 */
public record TrainingSettings(
        int epochs,
        int batchSize,
        int retainBatchSize,
        int gradientAccumulation,
        double learningRate,
        double weightDecay,
        double warmupEpochs,
        int maxLength,
        double maxGradNorm,
        Pairing pairing,
        boolean shuffle,
        boolean gradientCheckpointing,
        long seed,
        int keepCheckpoints,
        Optional<TrainingTarget> until) {

    /** The published recipe (SemEval-2025 Task 4, ZJUKLAB), with the batch size of the over-forgetting specialist. */
    public static final TrainingSettings PUBLISHED = new TrainingSettings(
            5, 1, 1, 4, 1e-4, 0.01, 1, 256, 0, Pairing.FIXED, true, false, 42, 0, Optional.empty());

    public TrainingSettings {
        require(epochs >= 1, "epochs", epochs, "at least 1");
        require(batchSize >= 1, "batchSize", batchSize, "at least 1");
        require(retainBatchSize >= 1, "retainBatchSize", retainBatchSize, "at least 1");
        require(
                pairing == Pairing.CYCLE || retainBatchSize == batchSize,
                "retainBatchSize",
                retainBatchSize,
                "batchSize, " + batchSize + ", as each row to forget has its retain row; or pairing cycle");
        require(
                pairing == Pairing.CYCLE || until.isEmpty(),
                "pairing",
                pairing,
                "cycle, as the target needs every retain row to take its turn");
        require(gradientAccumulation >= 1, "gradientAccumulation", gradientAccumulation, "at least 1");
        require(learningRate > 0 && learningRate <= 1, "learningRate", learningRate, "more than 0, at most 1");
        require(weightDecay >= 0 && weightDecay <= 1, "weightDecay", weightDecay, "0 to 1");
        require(warmupEpochs >= 0 && warmupEpochs <= epochs, "warmupEpochs", warmupEpochs, "0 to " + epochs);
        require(maxLength >= 2, "maxLength", maxLength, "at least 2");
        require(keepCheckpoints >= 0, "keepCheckpoints", keepCheckpoints, "0 or more");
        require(maxGradNorm >= 0, "maxGradNorm", maxGradNorm, "0 (off) or more");
    }

    /**
     * Steps of one epoch over {@code rows} rows: as many as fill every micro-batch, at least one. What is left over is not
     * used in that epoch, as published; a set too small for one step trains on what there is. Where a target ends the
     * run, every row counts.
     */
    public int stepsPerEpoch(int rows) {
        int perStep = batchSize * gradientAccumulation;
        return until.isPresent() ? Math.ceilDiv(rows, perStep) : Math.max(1, rows / perStep);
    }

    /** These with layers that are computed again in the backward pass: the same numbers in less memory. */
    public TrainingSettings checkpointed() {
        return with(batchSize, retainBatchSize, true);
    }

    /** These, {@link #checkpointed}, with micro-batches of one row. */
    TrainingSettings rowByRow() {
        return with(1, 1, true);
    }

    private TrainingSettings with(int rows, int retainRows, boolean checkpointing) {
        return new TrainingSettings(
                epochs,
                rows,
                retainRows,
                gradientAccumulation,
                learningRate,
                weightDecay,
                warmupEpochs,
                maxLength,
                maxGradNorm,
                pairing,
                shuffle,
                checkpointing,
                seed,
                keepCheckpoints,
                until);
    }

    /**
     * The whole run's schedule over {@code rows} rows.
     *
     * @throws InvalidInput where the only step would have rate 0
     */
    public LinearSchedule schedule(int rows) {
        int perEpoch = stepsPerEpoch(rows);
        return new LinearSchedule(epochs * perEpoch, (int) Math.round(warmupEpochs * perEpoch), learningRate);
    }

    private static void require(boolean holds, String field, Object found, String expected) {
        if (!holds) {
            throw InvalidInput.at("training", field, String.valueOf(found), expected);
        }
    }
}
