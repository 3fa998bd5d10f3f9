package dev.lethe.unlearning.suite;

import dev.lethe.catalog.Settings;

/**
 * How a suite is run.
 *
 * @param options the suite's own, complete
 * @param seed of the bootstrap intervals; what else is random in a suite has a seed of its own among the options
 * @param seals of the answers that a later run continues from
 */
public record SuiteSettings(Settings options, long seed, AnswerSeals seals) {
    /** The seed of every measurement. */
    public static final long SEED = 42;

    /** In a folder that nobody else can write. */
    public SuiteSettings(Settings options) {
        this(options, SEED, AnswerSeals.NONE);
    }

    /** Tokens generated per row. */
    int maxNewTokens() {
        return options.whole("maxNewTokens");
    }

    /** Texts that the system is given side by side. */
    int batchSize() {
        return options.whole("batchSize");
    }
}
