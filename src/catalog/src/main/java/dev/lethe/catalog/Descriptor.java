package dev.lethe.catalog;

import java.util.List;

/** Something that a spec can name. Engines bind a class to each; a test fails where one is missing on either side. */
public sealed interface Descriptor
        permits FamilyDescriptor,
                MethodDescriptor,
                ObjectiveDescriptor,
                RecipeDescriptor,
                SourceDescriptor,
                SuiteDescriptor {
    /** The name of what a user's own image carries out, with parameters and metrics of the user's own names. */
    String CUSTOM = "custom";

    /** As users write it. */
    String name();

    /** What it is, in a sentence. */
    String summary();

    /** What can be set. */
    List<Option> options();

    /** Whether an image of the user's own carries it out. */
    default boolean custom() {
        return name().equals(CUSTOM);
    }

    /** Where its formula or its form is published. */
    String source();

    /** The version of Lethe that had it first. */
    String since();
}
