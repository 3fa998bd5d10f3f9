package dev.lethe.planner.recipe;

import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.Nesting;
import dev.lethe.catalog.Settings;

/** The catalogue's defaults, filled into what a spec leaves unsaid. */
public final class CatalogDefaults {
    private CatalogDefaults() {}

    /**
     * The objective with every option that its type has.
     *
     * @param field the objective's path, for errors
     * @throws InvalidSpec if the type is unknown, or an option is not the type's or out of its bounds
     */
    public static ObjectiveSpec objective(ObjectiveSpec objective, String field) {
        var refusal = at(field);
        var descriptor = Catalog.OBJECTIVES.get(objective.type(), "type", refusal);
        var settings = Settings.of(descriptor, objective.options(), refusal);
        return new ObjectiveSpec(objective.type(), Nesting.nested(settings.values()));
    }

    /**
     * The suite with every option that it has.
     *
     * @param field the suite's path, for errors
     * @throws InvalidSpec if the suite is unknown, or an option is not the suite's or out of its bounds
     */
    public static SuiteSpec suite(SuiteSpec suite, String field) {
        var refusal = at(field);
        var descriptor = Catalog.SUITES.get(suite.name(), "name", refusal);
        return suite.withOptions(
                Settings.of(descriptor, suite.options(), refusal).values());
    }

    private static Settings.Refusal at(String field) {
        return (option, found, expected) -> new InvalidSpec(field + "." + option, found, expected);
    }
}
