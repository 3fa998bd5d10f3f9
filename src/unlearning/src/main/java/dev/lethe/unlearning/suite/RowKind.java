package dev.lethe.unlearning.suite;

import dev.lethe.unlearning.metric.ExactMatch;
import dev.lethe.unlearning.metric.RougeL;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a row asks for, which its id tells: {@code …sc1} is a sentence to complete, {@code …qa0} a question. The
 * official evaluator drops the last character and looks at the two before it; rows of no kind are not scored.
 */
enum RowKind {
    REGURGITATION("sc", "regurgitation") {
        @Override
        double score(String reference, String generation) {
            return RougeL.score(reference, generation).recall();
        }
    },
    KNOWLEDGE("qa", "knowledge") {
        @Override
        double score(String reference, String generation) {
            return ExactMatch.matches(reference, generation) ? 1 : 0;
        }
    };

    private final String suffix;
    private final String metric;

    RowKind(String suffix, String metric) {
        this.suffix = suffix;
        this.metric = metric;
    }

    /** As it stands in a metric's name. */
    String metric() {
        return metric;
    }

    /** How much of the reference came back: 0..1. */
    abstract double score(String reference, String generation);

    static Optional<RowKind> ofId(String id) {
        String stem = id.isEmpty() ? id : id.substring(0, id.length() - 1);
        return Arrays.stream(values())
                .filter(kind -> stem.endsWith(kind.suffix))
                .findFirst();
    }
}
