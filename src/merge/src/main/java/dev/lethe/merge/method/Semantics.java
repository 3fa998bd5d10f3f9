package dev.lethe.merge.method;

import dev.lethe.merge.InvalidInput;
import java.util.Arrays;
import java.util.Locale;

/** Whose rounding and rules apply where implementations of a method differ. */
public enum Semantics {
    /** Ours: float32 throughout and one rounding at the end, exact counts, the lowest index first among equals. */
    LETHE,
    /** mergekit 0.1.5: every step rounded to the type in which it works. */
    MERGEKIT,
    /** PEFT 0.21: unweighted votes, means over counts. */
    PEFT,
    /** The code that a paper's authors published. */
    PAPER;

    /** The constant whose name users write in small letters. */
    public static Semantics named(String name) {
        return Arrays.stream(values())
                .filter(semantics -> semantics.text().equals(name))
                .findAny()
                .orElseThrow(() -> InvalidInput.at("merge", "semantics", name, "lethe, mergekit, peft or paper"));
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
