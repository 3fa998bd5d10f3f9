package dev.lethe.catalog;

import java.util.List;

/** Something that a spec can name. Engines bind a class to each; a test fails where one is missing on either side. */
public sealed interface Descriptor permits MethodDescriptor, ObjectiveDescriptor, RecipeDescriptor, SuiteDescriptor {
    /** As users write it. */
    String name();

    /** What it is, in a sentence. */
    String summary();

    /** What can be set. */
    List<Option> options();

    /** Where its formula or its form is published. */
    String source();

    /** The version of Lethe that had it first. */
    String since();
}
