package dev.lethe.api.resource;

import org.jspecify.annotations.Nullable;

/**
 * How a specialist is trained. Every field may be absent; {@link #orElse} fills what is.
 *
 * @param warmupEpochs epochs of linear warm-up before the linear decay to zero
 * @param maxLength tokens per row, prompt and answer
 * @param maxGradNorm gradient clipping by global norm; 0 is off
 * @param pairing {@code fixed} (item i has retain row i mod N) or {@code random}
 * @param dtype of the frozen base: {@code float32}, {@code bfloat16}, or {@code auto} (float32 on CPU, bfloat16 on CUDA)
 * @param device {@code auto}, {@code cpu} or {@code cuda}
 */
public record TrainingSettings(
        @Nullable Integer epochs,
        @Nullable Integer batchSize,
        @Nullable Integer gradientAccumulation,
        @Nullable Double learningRate,
        @Nullable Double weightDecay,
        @Nullable Double warmupEpochs,
        @Nullable Integer maxLength,
        @Nullable Double maxGradNorm,
        @Nullable String pairing,
        @Nullable Boolean gradientCheckpointing,
        @Nullable String dtype,
        @Nullable String device,
        @Nullable Long seed) {

    /** The published recipe's settings (SemEval-2025 Task 4, ZJUKLAB), batch size of the over-forgetting specialist. */
    public static final TrainingSettings DEFAULTS =
            new TrainingSettings(5, 1, 4, 1.0e-4, 0.01, 1.0, 256, 0.0, "fixed", false, "auto", "auto", 42L);

    /** Nothing said. */
    public static final TrainingSettings ABSENT =
            new TrainingSettings(null, null, null, null, null, null, null, null, null, null, null, null, null);

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
                or(device, other.device),
                or(seed, other.seed));
    }

    private static <T> @Nullable T or(@Nullable T first, @Nullable T second) {
        return first != null ? first : second;
    }
}
