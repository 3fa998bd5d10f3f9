package dev.lethe.unlearning.suite;

/** Called after every batch, on the measuring thread. */
@FunctionalInterface
public interface SuiteProgress {

    /**
     * @param done rows, documents and questions done, those of an interrupted run included
     * @param total all of them
     */
    void advanced(long done, long total);
}
