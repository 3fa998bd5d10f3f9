package dev.lethe.merge.adapter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.regex.MatchResult;

/**
 * A key of {@code rank_pattern} or {@code alpha_pattern}: a regular expression for the end of a module's path, from the
 * start or after a dot (PEFT's {@code get_pattern_key}). Adapters come from anywhere, so it is matched in time linear in
 * path and pattern, by RE2, which has neither look-around nor back references; and it may not unfold to more than {@link
 * #MOST_INSTRUCTIONS} instructions.
 */
final class ModulePattern {
    /** What a key may be, for errors. */
    static final String EXPECTED =
            "a regular expression of RE2 (no look-around, no back references) of at most 512 characters and 4096 steps";

    private static final int MOST_CHARACTERS = 512;
    private static final int MOST_INSTRUCTIONS = 4096;
    private static final java.util.regex.Pattern COUNT =
            java.util.regex.Pattern.compile("\\{(\\d{1,9})(?:,(\\d{0,9}))?}");

    private final Pattern pattern;

    private ModulePattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /** @throws IllegalArgumentException saying what is wrong, where the key is not as {@link #EXPECTED} */
    static ModulePattern of(String key) {
        if (key.length() > MOST_CHARACTERS) {
            throw new IllegalArgumentException(key.length() + " characters");
        }
        if (unfolded(key) > MOST_INSTRUCTIONS) {
            throw new IllegalArgumentException("repetitions of repetitions that unfold to more");
        }
        try {
            Pattern.compile(key); // on its own, so that no parenthesis closes ours
            return new ModulePattern(Pattern.compile("(.*\\.)?(" + key + ")"));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(e.getDescription() + ": " + e.getPattern(), e);
        }
    }

    /** An upper bound of the compiled instructions: a counted repetition is copied, and nested ones multiply. */
    private static double unfolded(String key) {
        return COUNT.matcher(key).results().mapToDouble(ModulePattern::copies).reduce(key.length(), (a, b) -> a * b);
    }

    private static double copies(MatchResult count) {
        String most = count.group(2);
        return Math.max(1, Double.parseDouble(most == null || most.isEmpty() ? count.group(1) : most));
    }

    boolean matches(String modulePath) {
        return pattern.matches(modulePath);
    }
}
