package dev.lethe.operator.workload;

/** Annotations of every pod that the operator makes, at most 256 KiB together: what its worker is told, as files. */
final class Annotations {
    /** The stage file, as JSON. */
    static final String STAGE_FILE = "lethe.dev/stage-file";

    /** Certificates, as PEM, that the progress endpoint's certificate is checked with. */
    static final String PROGRESS_CA = "lethe.dev/progress-ca";

    private Annotations() {}
}
