package dev.lethe.unlearning.training;

import dev.lethe.catalog.Words;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.lora.LoraSettings;
import dev.lethe.unlearning.model.ModelConfig;
import dev.lethe.unlearning.model.WeightFormat;
import dev.lethe.unlearning.tensor.Dtype;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a training needs of a device, and how it is fitted to one.
 *
 * @param dtype type to compute in
 * @param lora the adapter to train; empty trains a copy of every weight, whose base can be held as it is computed in only
 */
public record TrainingMemory(ModelConfig model, Dtype dtype, Optional<LoraSettings> lora, TrainingSettings settings) {

    /** For kernels, workspaces of libraries, and gaps between what is allocated. */
    private static final long RESERVE = 1L << 30;

    /** The settings of a training and how its base is held. */
    public record Fit(WeightFormat base, TrainingSettings settings) {}

    public MemoryPlan plan(Fit fit) {
        return MemoryPlan.of(model, dtype, fit.base, lora, fit.settings);
    }

    /** The training as it is asked for; its base as it is computed in, where nobody says how it is held. */
    public Fit asked(Optional<WeightFormat> base) {
        return new Fit(base.orElse(WeightFormat.COMPUTED), settings);
    }

    /**
     * The training with what a device needs of gradient checkpointing, which changes no number; and, where nobody says how its base
     * is held, in the first form that fits: as it is computed in, in 8 bit, in 4 bit.
     *
     * @param base how the base is held; empty leaves it open
     * @param device bytes of the device: all of them, so that a training that goes on elsewhere on such a device is the same one
     */
    public Fit fitted(Optional<WeightFormat> base, long device) {
        List<Fit> fits = base.map(List::of).orElse(open()).stream()
                .flatMap(it -> Stream.of(new Fit(it, settings), new Fit(it, settings.checkpointed())))
                .toList();
        return fits.stream()
                .filter(it -> fits(plan(it).total(), device))
                .findFirst()
                .orElse(fits.getLast());
    }

    /** The smallest that the training may become by itself with that base. */
    public Fit least(WeightFormat base) {
        return new Fit(base, settings.checkpointed());
    }

    /** How a base may be held where nobody says it, as wide as possible first. */
    public List<WeightFormat> open() {
        return lora.isEmpty()
                ? List.of(WeightFormat.COMPUTED)
                : List.of(WeightFormat.COMPUTED, WeightFormat.INT8, WeightFormat.NF4);
    }

    /**
     * Refuses a training that does not fit.
     *
     * @param free bytes of the device that nobody uses
     * @param shared whether the base lies on the device already
     * @throws InvalidInput that says what would fit
     */
    public void requireRoom(Fit fit, long free, boolean shared) {
        MemoryPlan plan = plan(fit);
        if (!fits(plan.total() - (shared ? plan.base() : 0), free)) {
            throw InvalidInput.at(
                    "training",
                    "base",
                    "%s, which takes %s of a device with %s free"
                            .formatted(named(fit.base), plan, MemoryPlan.bytes(free)),
                    smaller(fit, free));
        }
    }

    /** A word for a form: for a base as it is computed in, that of the type. */
    public String named(WeightFormat base) {
        return Words.of(base == WeightFormat.COMPUTED ? dtype : base);
    }

    private static boolean fits(long needed, long bytes) {
        return needed + RESERVE <= bytes;
    }

    /** The first of what takes less that fits. */
    private String smaller(Fit fit, long free) {
        String least = "";
        for (TrainingSettings thrifty : List.of(settings.checkpointed(), settings.rowByRow())) {
            for (WeightFormat base : open()) {
                MemoryPlan plan = plan(new Fit(base, thrifty));
                least = "base %s%s, which takes %s"
                        .formatted(
                                named(base),
                                thrifty.batchSize() < fit.settings.batchSize() ? " with batchSize 1" : "",
                                plan);
                if (fits(plan.total(), free)) {
                    return least;
                }
            }
        }
        return "a larger device for " + least;
    }
}
