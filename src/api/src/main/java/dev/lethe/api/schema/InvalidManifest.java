package dev.lethe.api.schema;

import java.util.List;

/** A manifest that a cluster would not admit either. The message has one line for each problem. */
public final class InvalidManifest extends RuntimeException {
    private final transient List<Problem> problems;

    private InvalidManifest(List<Problem> problems) {
        super(String.join("\n", lines(problems)));
        this.problems = problems;
    }

    static InvalidManifest of(List<Problem> problems) {
        return new InvalidManifest(problems.stream().sorted(Problem.IN_ORDER).toList());
    }

    /** Every problem, in the order of the text: {@code FILE:LINE:COLUMN: FIELD: found X, expected Y}. */
    public List<String> problems() {
        return lines(problems);
    }

    /** The fields that have a problem, in the order of the text, as {@code spec.specialists[1].name}. */
    public List<String> fields() {
        return problems.stream().map(Problem::field).distinct().toList();
    }

    private static List<String> lines(List<Problem> problems) {
        return problems.stream().map(Problem::line).distinct().toList();
    }
}
