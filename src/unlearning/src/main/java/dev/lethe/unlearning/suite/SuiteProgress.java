package dev.lethe.unlearning.suite;

/** Hears how far a suite is; called after every batch, from the measuring thread. */
@FunctionalInterface
public interface SuiteProgress {

    /**
     * So much is done.
     *
     * @param done rows, documents and questions done, those of an interrupted run included
     * @param total all of them
     */
    void advanced(long done, long total);
}
