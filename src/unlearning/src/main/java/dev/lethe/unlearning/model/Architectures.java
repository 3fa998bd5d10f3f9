package dev.lethe.unlearning.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The families that can be read. */
public final class Architectures {

    private static final List<Architecture> ALL = List.of(new Llama(), new Olmo());

    private Architectures() {}

    /** The family that {@code model_type} of a config.json names. */
    public static Optional<Architecture> named(String modelType) {
        return ALL.stream()
                .filter(architecture -> architecture.modelType().equals(modelType))
                .findAny();
    }

    /** The names for a message: {@code llama or olmo}. */
    public static String names() {
        return ALL.stream().map(Architecture::modelType).collect(Collectors.joining(" or "));
    }
}
