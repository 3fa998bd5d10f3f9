package dev.lethe.api.stage;

/** Exit codes of the stage contract and of the command line. */
public enum ExitCode {
    /** Done. A gate that is not met is a result, not an exit code. */
    DONE(0),
    /** Something went wrong; a stage is tried again. */
    FAILED(1),
    /** Invalid input or usage; never retried. */
    INVALID_INPUT(2),
    /** Refused by policy, such as a pickle file or a digest that differs; never retried. */
    REFUSED(3),
    /** A temporary fault; retried. */
    TEMPORARY(75);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
