package dev.lethe.catalog;

import java.util.List;

/**
 * A kind of place that a URI can name.
 *
 * @param name the scheme
 * @param syntax of the whole URI, as an RE2 pattern
 * @param form of the URI, for people
 */
public record SourceDescriptor(String name, String syntax, String form, String summary, String source, String since)
        implements Descriptor {
    /** A URI says everything. */
    @Override
    public List<Option> options() {
        return List.of();
    }
}
