package dev.lethe.unlearning.objective;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.Named;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Settings;
import dev.lethe.merge.InvalidInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The objectives by name: a class for each descriptor.
 *
 * @param classes what makes the objective of a name from its complete settings
 */
public record Objectives(Named<ObjectiveDescriptor> descriptors, Map<String, Function<Settings, Objective>> classes) {
    /** The objectives of this version. */
    public static final Objectives LETHE = new Objectives(
            Catalog.OBJECTIVES,
            Map.of(
                    NegativePreference.NAME,
                    NegativePreference::of,
                    SimpleNegativePreference.NAME,
                    SimpleNegativePreference::of,
                    GradientDifference.NAME,
                    GradientDifference::of,
                    PreferenceOptimisation.NAME,
                    PreferenceOptimisation::of,
                    Undial.NAME,
                    Undial::of,
                    FineTuning.NAME,
                    FineTuning::of));

    /** These and another. */
    public Objectives with(ObjectiveDescriptor descriptor, Function<Settings, Objective> make) {
        List<ObjectiveDescriptor> more = new ArrayList<>(descriptors.all());
        more.add(descriptor);
        Map<String, Function<Settings, Objective>> bound = new TreeMap<>(classes);
        bound.put(descriptor.name(), make);
        return new Objectives(new Named<>(descriptors.what(), more), bound);
    }

    /**
     * The objective that a spec describes.
     *
     * @param options as a document has them; an absent one has its published default
     * @throws InvalidInput where the name is unknown, or an option is out of its bounds or not of this objective
     */
    public Objective of(String type, Map<String, ?> options) {
        Settings.Refusal refusal = (field, found, expected) -> InvalidInput.at("objective", field, found, expected);
        Settings settings = Settings.of(descriptors.get(type, "type", refusal), options, refusal);
        Function<Settings, Objective> make = classes.get(type);
        if (make == null) {
            throw InvalidInput.at(
                    "objective",
                    "type",
                    type,
                    "one that this image carries out: an image of your own carries out " + type);
        }
        return make.apply(settings);
    }
}
