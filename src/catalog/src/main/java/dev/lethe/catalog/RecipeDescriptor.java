package dev.lethe.catalog;

import java.util.List;

/**
 * A published way to unlearn: what a job may leave unsaid.
 *
 * @param specialists the names of those that it trains
 * @param suites the names of those that it measures with
 */
public record RecipeDescriptor(
        String name, String summary, List<String> specialists, List<String> suites, String source, String since)
        implements Descriptor {
    public RecipeDescriptor {
        specialists = List.copyOf(specialists);
        suites = List.copyOf(suites);
    }

    /** A job says itself what it wants otherwise. */
    @Override
    public List<Option> options() {
        return List.of();
    }
}
