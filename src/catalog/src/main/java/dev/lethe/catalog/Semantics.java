package dev.lethe.catalog;

import java.util.List;
import java.util.Optional;

/** Whose rounding and whose rules hold where implementations of a merge differ. */
public enum Semantics {
    /** Ours: float32 throughout and one rounding at the end, exact counts, the lowest index first among equals. */
    LETHE,
    /** mergekit 0.1.5: every step rounded to the type in which it works. */
    MERGEKIT,
    /** PEFT 0.21: unweighted votes, means over counts. */
    PEFT,
    /** The code that a paper's authors published. */
    PAPER;

    public static List<String> names() {
        return Words.all(Semantics.class);
    }

    /** The constant whose name users write in small letters. */
    public static Optional<Semantics> named(String name) {
        return Words.constant(Semantics.class, name);
    }

    public String text() {
        return Words.of(this);
    }
}
