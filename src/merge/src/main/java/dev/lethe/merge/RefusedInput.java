package dev.lethe.merge;

/**
 * The input is refused by policy, such as a pickle file or a digest that differs: exit code 77. The message is one line
 * that names the file and the reason.
 */
public final class RefusedInput extends RuntimeException {
    /** An error with any message; control characters are escaped, so that it stays on one line. */
    public RefusedInput(String message) {
        super(OneLine.of(message));
    }

    /** The usual form: {@code WHERE: FIELD: found X, expected Y}. */
    public static RefusedInput at(String where, String field, String found, String expected) {
        return new RefusedInput("%s: %s: found %s, expected %s".formatted(where, field, found, expected));
    }
}
