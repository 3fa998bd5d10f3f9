package dev.lethe.unlearning.objective;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Settings;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Gradient difference (Maini et al. 2024): {@code −forget·CE} on the rows to forget, {@link RetainTerms} and
 * {@link CrossEntropy#decoupled}. By its weights it is also plain gradient ascent, and gradient ascent with KL. Nothing
 * bounds the cross-entropy that rises.
 *
 * @param forgotten its weight is negative, or 0, which leaves the term out
 */
public record GradientDifference(CrossEntropy forgotten, RetainTerms kept, CrossEntropy decoupled)
        implements Objective {
    /** The registered name. */
    public static final String NAME = "graddiff";

    static GradientDifference of(Settings settings) {
        return new GradientDifference(
                new CrossEntropy(DataRole.FORGET, -settings.number("weights.forget")),
                RetainTerms.of(settings),
                CrossEntropy.decoupled(settings));
    }

    @Override
    public ObjectiveDescriptor descriptor() {
        return Catalog.OBJECTIVES.find(NAME).orElseThrow();
    }

    @Override
    public Set<DataRole> roles() {
        return descriptor().roles(decoupled.weight());
    }

    @Override
    public Loss accumulate(TrainingModels models, MicroBatch batch, double scale) {
        SortedMap<String, Double> terms = new TreeMap<>();
        double total = forgotten.accumulate(models, batch, scale, terms);
        total += kept.accumulate(models, batch, scale, terms);
        total += decoupled.accumulate(models, batch, scale, terms);
        return new Loss(total, terms);
    }
}
