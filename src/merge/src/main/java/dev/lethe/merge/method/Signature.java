package dev.lethe.merge.method;

import java.util.ArrayList;
import java.util.List;

/**
 * What a method takes.
 *
 * @param name as users write it
 * @param base whether it merges differences from a base model
 * @param least fewest inputs, the base counted only where it is one of them
 * @param most most inputs
 * @param passes how often it reads its inputs, at most
 * @param wholeRows whether it works row by row
 * @param options what can be set
 */
public record Signature(
        String name, Base base, int least, int most, int passes, boolean wholeRows, List<Option> options) {
    /** What a base model is to a method. */
    public enum Base {
        /** Nothing: a base is one of the inputs. */
        NONE,
        /** The first input. */
        FIRST,
        /** Differences are taken from it where there is one. */
        OPTIONAL,
        /** Differences are taken from it. */
        REQUIRED
    }

    public Signature {
        options = List.copyOf(options);
    }

    static Signature of(String name, Base base, Option... options) {
        return new Signature(name, base, 1, Integer.MAX_VALUE, 1, false, List.of(options));
    }

    Signature inputs(int fewest, int atMost) {
        return new Signature(name, base, fewest, atMost, passes, wholeRows, options);
    }

    Signature passes(int count) {
        return new Signature(name, base, least, most, count, wholeRows, options);
    }

    Signature rows() {
        return new Signature(name, base, least, most, passes, true, options);
    }

    Signature with(Option... more) {
        List<Option> all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return new Signature(name, base, least, most, passes, wholeRows, all);
    }
}
