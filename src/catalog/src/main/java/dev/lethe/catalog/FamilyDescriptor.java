package dev.lethe.catalog;

import java.util.List;

/**
 * A family of models that can be trained and measured. A merge takes any.
 *
 * @param name as {@code model_type} of a config.json has it
 * @param className the class that transformers loads such a model with
 */
public record FamilyDescriptor(String name, String className, String summary, String source, String since)
        implements Descriptor {
    /** A model says itself what it is. */
    @Override
    public List<Option> options() {
        return List.of();
    }
}
