package dev.lethe.worker.search;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.merge.digest.Digest;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A set in two parts: what a search sees, and what it never sees. Which item goes where follows from the digest of what it says,
 * so neither the order of a file nor an item said twice changes it.
 *
 * @param calibration never empty, unless the set is
 * @param test empty where the set has one item, or nothing is to be held out
 */
record Folds<T>(List<T> calibration, List<T> test) {
    /** What measuring one candidate may cost at most, in items of one set. */
    static final int MOST = 64;

    /**
     * Splits a set; of each part at most {@link #MOST} items are taken, by the order of their digests.
     *
     * @param text what an item says
     * @param holdOut share of the items that the search does not see
     */
    static <T> Folds<T> of(List<T> items, Function<T, String> text, double holdOut) {
        SortedMap<String, T> distinct = new TreeMap<>();
        items.forEach(item -> distinct.put(Digest.ofBytes(text.apply(item).getBytes(UTF_8)), item));
        List<T> sorted = List.copyOf(distinct.values());
        int held = sorted.size() < 2 || holdOut == 0
                ? 0
                : Math.clamp(Math.round(holdOut * sorted.size()), 1, sorted.size() - 1);
        return new Folds<>(
                sorted.stream().skip(held).limit(MOST).toList(),
                sorted.stream().limit(held).limit(MOST).toList());
    }

    List<T> of(Fold fold) {
        return fold == Fold.CALIBRATION ? calibration : test;
    }
}
