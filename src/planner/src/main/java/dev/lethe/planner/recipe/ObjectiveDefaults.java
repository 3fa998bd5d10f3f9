package dev.lethe.planner.recipe;

import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.Nesting;
import dev.lethe.catalog.Settings;

/** Fills the published defaults of each objective into a spec. */
public final class ObjectiveDefaults {
    private ObjectiveDefaults() {}

    /**
     * The objective with every option that its type has.
     *
     * @param field the objective's path, for errors
     * @throws InvalidSpec if the type is unknown, or an option is not the type's or out of its bounds
     */
    public static ObjectiveSpec fill(ObjectiveSpec objective, String field) {
        Settings.Refusal refusal = (at, found, expected) -> new InvalidSpec(field + "." + at, found, expected);
        var descriptor = Catalog.OBJECTIVES.get(objective.type(), "type", refusal);
        var settings = Settings.of(descriptor, objective.options(), refusal);
        return new ObjectiveSpec(objective.type(), Nesting.nested(settings.values()));
    }
}
