package dev.lethe.unlearning.objective;

import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Option;
import dev.lethe.catalog.Settings;
import dev.lethe.unlearning.data.LossMask;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.List;
import java.util.Set;

/** An objective as docs/extending.md has it: −weight·CE on the rows to forget. */
public record GradientAscent(double weight) implements Objective {
    public static final ObjectiveDescriptor DESCRIPTOR = new ObjectiveDescriptor(
            "gradient-ascent",
            "Cross-entropy on forget rows, upward.",
            List.of(Option.number("weights.forget", 1.0, 0, 10, "The weight of the cross-entropy.")),
            Set.of(DataRole.FORGET),
            false,
            "this test",
            "0.1");

    public static GradientAscent of(Settings settings) {
        return new GradientAscent(settings.number("weights.forget"));
    }

    @Override
    public ObjectiveDescriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Terms accumulate(TrainingModels models, MicroBatch batch, double scale) {
        RowBatch rows = batch.of(DataRole.FORGET).trimmed();
        Tensor value =
                models.accumulate(DataRole.FORGET, rows, rows.targets(LossMask.ANSWER), weight * scale, Tensor::mean);
        return Terms.of("forget", weight, value);
    }
}
