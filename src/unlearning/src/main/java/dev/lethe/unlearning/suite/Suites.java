package dev.lethe.unlearning.suite;

import dev.lethe.merge.InvalidInput;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** All suites, by name. */
public final class Suites {

    private static final List<Suite> ALL = List.of(new Semeval2025(), new Mmlu());

    private Suites() {}

    /**
     * The suite of a name.
     *
     * @throws InvalidInput for an unknown name; the message suggests the nearest one
     */
    public static Suite named(String name) {
        return ALL.stream()
                .filter(suite -> suite.name().equals(name))
                .findFirst()
                .orElseThrow(() -> InvalidInput.at("suite", "name", name, expected(name)));
    }

    private static String expected(String name) {
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        String nearest = ALL.stream()
                .map(Suite::name)
                .min(Comparator.comparingInt(known -> distance.apply(name, known)))
                .orElseThrow();
        String known = ALL.stream().map(Suite::name).collect(Collectors.joining(", "));
        return "one of %s; did you mean %s?".formatted(known, nearest);
    }
}
