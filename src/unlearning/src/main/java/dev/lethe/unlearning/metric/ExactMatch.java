package dev.lethe.unlearning.metric;

import java.util.Locale;

/**
 * Whether an answer is the expected one but for case and surrounding white space.
 *
 * <p>Source: the knowledge score of the SemEval-2025 Task 4 evaluator, {@code strip().lower()} on both sides. White
 * space is Python's: wider than Java's, a no-break space belongs to it.
 */
public final class ExactMatch {

    private ExactMatch() {}

    /** True when both texts are equal once stripped and in lower case. */
    public static boolean matches(String reference, String candidate) {
        return normal(reference).equals(normal(candidate));
    }

    /** Whether a reference can be measured: something is left of it once stripped. */
    public static boolean measures(String reference) {
        return !normal(reference).isEmpty();
    }

    private static String normal(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isPythonSpace(text.charAt(start))) {
            start++;
        }
        while (end > start && isPythonSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end).toLowerCase(Locale.ROOT);
    }

    /** The characters of {@code str.isspace}. Java's white space lacks the no-break spaces and U+0085. */
    private static boolean isPythonSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }
}
