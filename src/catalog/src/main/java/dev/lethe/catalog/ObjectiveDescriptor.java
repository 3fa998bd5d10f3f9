package dev.lethe.catalog;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A loss that a specialist minimises.
 *
 * @param options those under {@code weights} weigh the loss's terms
 * @param roles the sets of rows that it always reads
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
    /** The option that weighs cross-entropy on decoupled rows, which are read where it is above 0. */
    public static final String DECOUPLE = "weights.decouple";

    public ObjectiveDescriptor {
        options = List.copyOf(options);
        roles = Set.copyOf(roles);
    }

    /** The sets of rows that it reads with these settings. */
    public Set<DataRole> roles(Settings settings) {
        return roles(settings.values().get(DECOUPLE) instanceof Double weight ? weight : 0);
    }

    /** The sets of rows that it reads where decoupled rows have that weight. */
    public Set<DataRole> roles(double decouple) {
        return decouple > 0
                ? Stream.concat(roles.stream(), Stream.of(DataRole.DECOUPLE)).collect(Collectors.toUnmodifiableSet())
                : roles;
    }
}
