package dev.lethe.unlearning.suite;

import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.Estimate;
import java.util.Arrays;
import java.util.function.Function;
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

    /**
     * A number of a whole sample; none where any of it is no finite number, since what would be left out may be what matters.
     *
     * @param lacks what those have that have no number, as in "3 of 5 rows have no finite likelihood" without the counts
     */
    static MetricOutcome of(double[] sample, String lacks, Function<double[], Estimate> estimate) {
        long none = Arrays.stream(sample).filter(it -> !Double.isFinite(it)).count();
        return none > 0
                ? new NotMeasured("%d of %d %s".formatted(none, sample.length, lacks))
                : new Measured(estimate.apply(sample));
    }

    /**
     * The mean of those of a sample that are finite numbers; the others could not be measured whatever the model said.
     *
     * @param lack why, where there is no number at all
     */
    static MetricOutcome meanOfMeasurable(double[] sample, String lack, Bootstrap bootstrap) {
        double[] numbers = Arrays.stream(sample).filter(Double::isFinite).toArray();
        return numbers.length == 0
                ? new NotMeasured(lack)
                : new Measured(Estimate.mean(numbers, bootstrap), sample.length);
    }

    /** What is computed from a measured number; what was not measured stays so. */
    default MetricOutcome map(UnaryOperator<Estimate> function) {
        return switch (this) {
            case Measured(Estimate estimate, long total) -> new Measured(function.apply(estimate), total);
            case NotMeasured missing -> missing;
        };
    }
}
