package dev.lethe.unlearning.suite;

/**
 * How a suite is run.
 *
 * @param maxNewTokens tokens generated per row; 256 in the official evaluator
 * @param batchSize texts that the system is given side by side
 * @param seed of the bootstrap intervals; nothing else is random
 */
public record SuiteSettings(int maxNewTokens, int batchSize, long seed) {

    /** The official evaluator's length, sixteen rows side by side. */
    public static final SuiteSettings DEFAULT = new SuiteSettings(256, 16, 42);

    /** @throws IllegalArgumentException for a length or a batch below 1 */
    public SuiteSettings {
        if (maxNewTokens < 1 || batchSize < 1) {
            throw new IllegalArgumentException("maxNewTokens and batchSize must be at least 1, found %d and %d"
                    .formatted(maxNewTokens, batchSize));
        }
    }
}
