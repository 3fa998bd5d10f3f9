package dev.lethe.catalog;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * Descriptors of one sort, by name.
 *
 * @param what the sort in a word, as in errors
 * @param all in the order in which they are told
 */
public record Named<D extends Descriptor>(String what, List<D> all) {
    public Named {
        all = List.copyOf(all);
    }

    public Optional<D> find(String name) {
        return all.stream().filter(it -> it.name().equals(name)).findFirst();
    }

    /** @throws RuntimeException of {@code refusal}, which names the nearest where there is none of that name */
    public D get(String name, String field, Settings.Refusal refusal) {
        return find(name).orElseThrow(() -> refusal.of(field, name, expected(name)));
    }

    /** In alphabetical order, each once. */
    public List<String> names() {
        return all.stream().map(Descriptor::name).distinct().sorted().toList();
    }

    /** Every option of any of them, each name once. */
    public List<Option> options() {
        var seen = new java.util.HashSet<String>();
        return all.stream()
                .flatMap(it -> it.options().stream())
                .filter(it -> seen.add(it.name()))
                .toList();
    }

    /** What was expected in place of a name that is unknown. */
    public String expected(String name) {
        return oneOf(names(), name);
    }

    /** One of these, and which of them was probably meant. */
    public static String oneOf(List<String> known, String written) {
        return "one of " + String.join(", ", known)
                + nearest(written, known)
                        .map(it -> "; did you mean " + it + "?")
                        .orElse("");
    }

    /** The known name that the written one most likely stands for, if any comes near. */
    public static Optional<String> nearest(String written, Collection<String> known) {
        int near = Math.max(1, written.length() / 3);
        return known.stream()
                .filter(it -> distance(written, it) <= near)
                .min(Comparator.comparingInt(it -> distance(written, it)));
    }

    private static int distance(String written, String known) {
        return LevenshteinDistance.getDefaultInstance()
                .apply(written.toLowerCase(Locale.ROOT), known.toLowerCase(Locale.ROOT));
    }
}
