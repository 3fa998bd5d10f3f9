package dev.lethe.unlearning.suite;

/**
 * How a suite is run.
 *
 * @param maxNewTokens tokens generated per row; 256 in the official evaluator
 * @param batchSize texts that the system is given side by side
 * @param seed of the bootstrap intervals; nothing else is random
 * @param seals of the answers that a later run continues from
 */
public record SuiteSettings(int maxNewTokens, int batchSize, long seed, AnswerSeals seals) {

    /** The official evaluator's length, sixteen rows side by side. */
    public static final SuiteSettings DEFAULT = new SuiteSettings(256, 16, 42);

    /** In a folder that nobody else can write. */
    public SuiteSettings(int maxNewTokens, int batchSize, long seed) {
        this(maxNewTokens, batchSize, seed, AnswerSeals.NONE);
    }

    /** @throws IllegalArgumentException for a length or a batch below 1 */
    public SuiteSettings {
        if (maxNewTokens < 1 || batchSize < 1) {
            throw new IllegalArgumentException("maxNewTokens and batchSize must be at least 1, found %d and %d"
                    .formatted(maxNewTokens, batchSize));
        }
    }
}
