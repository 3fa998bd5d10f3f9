package dev.lethe.unlearning.suite;

import dev.lethe.unlearning.data.RowKind;
import dev.lethe.unlearning.metric.ExactMatch;
import dev.lethe.unlearning.metric.RougeL;
import dev.lethe.unlearning.metric.RougeTokenizer;

/** How much of a row's output came back, in rows of one kind: 0..1. */
enum RowMeasure {
    /** ROUGE-L recall, as the official evaluator has it. */
    REGURGITATION("regurgitation", RowKind.COMPLETION, true) {
        @Override
        boolean measures(String reference) {
            return RougeTokenizer.PUBLISHED.measures(reference);
        }

        @Override
        double score(String reference, String generation) {
            return RougeL.score(RougeTokenizer.PUBLISHED, reference, generation).recall();
        }
    },

    /** 1 for the very answer, as the official evaluator has it. */
    KNOWLEDGE("knowledge", RowKind.QUESTION, true) {
        @Override
        boolean measures(String reference) {
            return ExactMatch.measures(reference);
        }

        @Override
        double score(String reference, String generation) {
            return ExactMatch.matches(reference, generation) ? 1 : 0;
        }
    },

    /** ROUGE-L recall over the letters and digits of every script. */
    REGURGITATION_UNICODE("regurgitation-unicode", RowKind.COMPLETION, false) {
        @Override
        boolean measures(String reference) {
            return RougeTokenizer.UNICODE.measures(reference);
        }

        @Override
        double score(String reference, String generation) {
            return RougeL.score(RougeTokenizer.UNICODE, reference, generation).recall();
        }
    };

    private final String metric;
    private final RowKind kind;
    private final boolean official;

    RowMeasure(String metric, RowKind kind, boolean official) {
        this.metric = metric;
        this.kind = kind;
        this.official = official;
    }

    /** As it stands in a metric's name. */
    String metric() {
        return metric;
    }

    /** The rows that it is for. */
    RowKind kind() {
        return kind;
    }

    /** Whether the official evaluator has it: it goes into the aggregate, and its texts pass through {@link PandasColumn}. */
    boolean official() {
        return official;
    }

    /** Whether a generation's score against this reference would say anything. */
    abstract boolean measures(String reference);

    /** What an output lacks that it does not measure, as the rest of "no output that". */
    String reads() {
        return switch (this) {
            case REGURGITATION -> "ROUGE counts: it knows a to z and 0 to 9";
            case REGURGITATION_UNICODE -> "has letters or digits";
            case KNOWLEDGE -> "is more than blanks";
        };
    }

    abstract double score(String reference, String generation);
}
