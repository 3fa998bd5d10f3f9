package dev.lethe.catalog;

import java.util.List;

/**
 * A kind of place that a URI can name.
 *
 * @param name the scheme, and where a scheme has places of several kinds the kind
 * @param syntax of the whole URI, as an RE2 pattern
 * @param form of the URI, for people
 * @param example a URI of that form
 */
public record SourceDescriptor(
        String name, String syntax, String form, String example, String summary, String source, String since)
        implements Descriptor {
    /** A URI says everything. */
    @Override
    public List<Option> options() {
        return List.of();
    }
}
