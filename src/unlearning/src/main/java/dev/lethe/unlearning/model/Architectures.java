package dev.lethe.unlearning.model;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.FamilyDescriptor;
import java.util.List;
import java.util.Optional;

/** The families that can be read: a class for each descriptor. */
public final class Architectures {

    static final List<Architecture> ALL = List.of(new Llama(), new Olmo());

    private Architectures() {}

    /** The family that {@code model_type} of a config.json names. */
    public static Optional<Architecture> named(String modelType) {
        return ALL.stream()
                .filter(architecture -> architecture.descriptor().name().equals(modelType))
                .findAny();
    }

    /** The names for a message: {@code llama or olmo}. */
    public static String names() {
        return String.join(" or ", Catalog.FAMILIES.names());
    }

    static FamilyDescriptor descriptor(String modelType) {
        return Catalog.FAMILIES.find(modelType).orElseThrow();
    }
}
