package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * How a specialist is trained. Every field may be absent; {@link #orElse} fills what is, from the recipe. A training without
 * a job has what the published recipe has.
 *
 * @param epochs passes over the rows, at most so many where {@code until} ends them; when absent the recipe's, without a job 5
 * @param batchSize rows per forward pass; when absent the recipe's, without a job 1
 * @param gradientAccumulation forward passes per optimiser step; when absent the recipe's, without a job 4
 * @param learningRate AdamW's peak learning rate; when absent the recipe's, without a job 1e-4
 * @param weightDecay AdamW's decoupled weight decay, 0.01 when absent
 * @param warmupEpochs epochs of linear warm-up before the linear decay to zero; when absent the recipe's, without a job 1
 * @param maxLength tokens per row, prompt and answer, 256 when absent
 * @param maxGradNorm gradient clipping by global norm, 0 is off; when absent the recipe's, without a job 0
 * @param pairing {@code fixed} (item i has retain row i mod N), {@code random}, or {@code cycle}: every retain row takes its turn;
 *     when absent the recipe's, without a job {@code fixed}
 * @param gradientCheckpointing recompute activations in the backward pass: the same numbers in less memory and more time; when absent
 *     off, but on a GPU that is too small without
 * @param dtype number format of the computation: {@code float32}, {@code bfloat16}, or {@code auto}, when absent (float32 on CPU,
 *     bfloat16 on CUDA)
 * @param base how the linear weights of the frozen base are held, which are expanded to {@code dtype} where their layer computes:
 *     {@code bf16}, {@code int8} (a scale per row), {@code nf4} (4 bit, as QLoRA), or {@code auto}, when absent (as {@code dtype}
 *     says; on a GPU whose memory is too small for that, int8, else nf4)
 * @param device {@code auto}, when absent, {@code cpu} or {@code cuda}
 * @param seed the origin of every random choice, 42 when absent
 * @param retainBatchSize retain rows per forward pass, with pairing {@code cycle}; when absent the recipe's, without a job as many as
 *     batchSize
 * @param keepCheckpoints earlier states of the weights that lie beside the result, as folders {@code checkpoint-STEP}, for a search to choose
 *     from: the last ones at which an epoch ended or, with {@code until}, at which all was forgotten before an attack; when
 *     absent the recipe's, without a job 0
 * @param until what ends the training before its epochs, with pairing {@code cycle}; when absent the recipe's, without a job nothing
 */
@ValidationRule(
        value = "!has(self.warmupEpochs) || !has(self.epochs) || self.warmupEpochs <= double(self.epochs)",
        fieldPath = ".warmupEpochs",
        message = "warmupEpochs may not be above epochs")
public record TrainingSettings(
        @Min(1) @Max(1000) @Nullable Integer epochs,
        @Min(1) @Max(1024) @Nullable Integer batchSize,
        @Min(1) @Max(4096) @Nullable Integer gradientAccumulation,
        @Min(value = 0, inclusive = false) @Max(1) @Nullable Double learningRate,
        @Min(0) @Max(1) @Nullable Double weightDecay,
        @Min(0) @Max(1000) @Nullable Double warmupEpochs,
        @Min(8) @Max(131072) @Nullable Integer maxLength,
        @Min(0) @Max(1e6) @Nullable Double maxGradNorm,
        @OneOf({"fixed", "random", "cycle"}) @Nullable String pairing,
        @Nullable Boolean gradientCheckpointing,
        @OneOf({"auto", "float32", "bfloat16"}) @Nullable String dtype,
        @OneOf({"auto", "bf16", "int8", "nf4"}) @Nullable String base,
        @OneOf({"auto", "cpu", "cuda"}) @Nullable String device,
        @Min(0) @Max(9007199254740991.0) @Nullable Long seed,
        @Min(1) @Max(1024) @Nullable Integer retainBatchSize,
        @Min(0) @Max(16) @Nullable Integer keepCheckpoints,
        @Nullable TrainingTarget until) {

    /** Nothing said but the batch size. */
    public static TrainingSettings ofBatchSize(int batchSize) {
        return new TrainingSettings(
                null, batchSize, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null);
    }

    /** These settings, with what is absent taken from {@code other}. */
    public TrainingSettings orElse(TrainingSettings other) {
        return new TrainingSettings(
                or(epochs, other.epochs),
                or(batchSize, other.batchSize),
                or(gradientAccumulation, other.gradientAccumulation),
                or(learningRate, other.learningRate),
                or(weightDecay, other.weightDecay),
                or(warmupEpochs, other.warmupEpochs),
                or(maxLength, other.maxLength),
                or(maxGradNorm, other.maxGradNorm),
                or(pairing, other.pairing),
                or(gradientCheckpointing, other.gradientCheckpointing),
                or(dtype, other.dtype),
                or(base, other.base),
                or(device, other.device),
                or(seed, other.seed),
                or(retainBatchSize, other.retainBatchSize),
                or(keepCheckpoints, other.keepCheckpoints),
                until == null ? other.until : until.orElse(other.until));
    }

    /** These settings with another target. */
    public TrainingSettings withUntil(@Nullable TrainingTarget target) {
        return new TrainingSettings(
                epochs,
                batchSize,
                gradientAccumulation,
                learningRate,
                weightDecay,
                warmupEpochs,
                maxLength,
                maxGradNorm,
                pairing,
                gradientCheckpointing,
                dtype,
                base,
                device,
                seed,
                retainBatchSize,
                keepCheckpoints,
                target);
    }

    static <T> @Nullable T or(@Nullable T first, @Nullable T second) {
        return first != null ? first : second;
    }
}
