package dev.lethe.catalog;

import java.util.List;
import java.util.Set;

/**
 * A loss that a specialist minimises.
 *
 * @param options those under {@code weights} weigh the loss's terms
 * @param roles the sets of rows that it reads
 * @param reference whether it compares with the model as it was before training
 */
public record ObjectiveDescriptor(
        String name,
        String summary,
        List<Option> options,
        Set<DataRole> roles,
        boolean reference,
        String source,
        String since)
        implements Descriptor {
    public ObjectiveDescriptor {
        options = List.copyOf(options);
        roles = Set.copyOf(roles);
    }
}
