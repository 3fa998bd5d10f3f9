package dev.lethe.unlearning.suite;

import dev.lethe.unlearning.metric.Estimate;
import java.util.function.UnaryOperator;

/** The result of one metric: a number, or the reason why there is none. */
sealed interface MetricOutcome {

    /** @param total rows that there were; at least as many as the estimate has observations */
    record Measured(Estimate estimate, long total) implements MetricOutcome {
        /** A number of all that there was. */
        Measured(Estimate estimate) {
            this(estimate, estimate.count());
        }
    }

    record NotMeasured(String reason) implements MetricOutcome {}

    /** What is computed from a measured number; what was not measured stays so. */
    default MetricOutcome map(UnaryOperator<Estimate> function) {
        return switch (this) {
            case Measured(Estimate estimate, long total) -> new Measured(function.apply(estimate), total);
            case NotMeasured missing -> missing;
        };
    }
}
