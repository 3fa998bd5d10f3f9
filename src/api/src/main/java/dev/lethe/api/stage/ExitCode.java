package dev.lethe.api.stage;

/**
 * Exit codes of the stage contract and of the command line. Those that mean more than done and failed are taken from BSD's
 * {@code sysexits.h}: no Java runtime, shell, container runtime or kernel ends a process with one of them, so none can be
 * mistaken for a worker's word.
 */
public enum ExitCode {
    /** Done. A gate that is not met is a result, not an exit code. */
    DONE(0),
    /** Something went wrong, as any code that is not listed here says; a stage is tried again. */
    FAILED(1),
    /** Invalid input or usage; never retried. {@code EX_DATAERR}. */
    INVALID_INPUT(65),
    /** The process needed more memory than there was; retried. {@code EX_OSERR}. */
    OUT_OF_MEMORY(71),
    /** A temporary fault, such as a full disk or a store that does not answer; retried. {@code EX_TEMPFAIL}. */
    TEMPORARY(75),
    /** Refused, by policy, such as a pickle file or a digest that differs, or by a store that does not let in; never retried. {@code EX_NOPERM}. */
    REFUSED(77);

    /** What a Java runtime ends with, under {@code -XX:+ExitOnOutOfMemoryError}, when its heap is exhausted. */
    public static final int JAVA_HEAP_EXHAUSTED = 3;

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
