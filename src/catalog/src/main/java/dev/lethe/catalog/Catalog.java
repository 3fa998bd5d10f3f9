package dev.lethe.catalog;

import java.util.List;

/** Everything that this version of Lethe knows by name. */
public final class Catalog {
    public static final Named<ObjectiveDescriptor> OBJECTIVES =
            new Named<>("objective", List.of(Objectives.NPO, Objectives.FT));

    public static final Named<SuiteDescriptor> SUITES = new Named<>("suite", List.of(Suites.SEMEVAL2025, Suites.MMLU));

    private Catalog() {}
}
