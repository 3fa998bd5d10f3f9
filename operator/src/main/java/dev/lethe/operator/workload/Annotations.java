package dev.lethe.operator.workload;

/** Annotations of every worker pod, at most 256 KiB together. The worker reads them as files. */
final class Annotations {
    /** The stage file, as JSON. */
    static final String STAGE_FILE = "lethe.dev/stage-file";

    /** The certificate authority of the progress endpoint, as PEM. */
    static final String PROGRESS_CA = "lethe.dev/progress-ca";

    private Annotations() {}
}
