package dev.lethe.weights.merge;

/** Σ wᵢ·tᵢ in float32, in the order of the inputs: PEFT's {@code task_arithmetic}. */
public record WeightedSum() implements BlockKernel {
    @Override
    public long merge(float[][] blocks, float[] weights, int count, float[] merged) {
        for (int j = 0; j < count; j++) {
            float sum = 0;
            for (int i = 0; i < blocks.length; i++) {
                sum += weights[i] * blocks[i][j];
            }
            merged[j] = sum;
        }
        return 0;
    }
}
