package dev.lethe.unlearning.objective;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Settings;
import java.util.Set;

/**
 * Gradient difference (Maini et al. 2024): {@code −forget·CE} on the rows to forget, and {@link RetainTerms}. By its weights it is also plain gradient ascent, and gradient ascent with KL. Nothing
 * bounds the cross-entropy that rises.
 *
 * @param forget weight of the cross-entropy that is to rise; 0 leaves the term out
 */
public record GradientDifference(double forget, RetainTerms kept) implements Objective {
    /** The registered name. */
    public static final String NAME = "graddiff";

    static GradientDifference of(Settings settings) {
        return new GradientDifference(settings.number("weights.forget"), RetainTerms.of(settings));
    }

    @Override
    public ObjectiveDescriptor descriptor() {
        return Catalog.OBJECTIVES.find(NAME).orElseThrow();
    }

    @Override
    public Set<DataRole> roles() {
        return kept.roles(descriptor());
    }

    @Override
    public Terms accumulate(TrainingModels models, MicroBatch batch, double scale) {
        return kept.accumulate(
                models,
                batch,
                scale,
                -forget,
                (rows, factor) -> CrossEntropy.accumulate(models, DataRole.FORGET, rows, factor));
    }
}
