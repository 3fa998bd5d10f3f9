package dev.lethe.unlearning.suite;

import dev.lethe.unlearning.metric.Estimate;
import java.util.function.UnaryOperator;

/** What became of one metric: a number, or the reason why there is none. */
sealed interface Outcome {

    record Measured(Estimate estimate) implements Outcome {}

    record NotMeasured(String reason) implements Outcome {}

    /** What is computed from a measured number; what was not measured stays so. */
    default Outcome map(UnaryOperator<Estimate> function) {
        return switch (this) {
            case Measured(Estimate estimate) -> new Measured(function.apply(estimate));
            case NotMeasured missing -> missing;
        };
    }
}
