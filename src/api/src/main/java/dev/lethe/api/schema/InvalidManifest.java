package dev.lethe.api.schema;

import java.util.List;

/** A manifest that a cluster would not admit either. The message has one line for each problem. */
public final class InvalidManifest extends RuntimeException {
    private final transient List<String> problems;

    private InvalidManifest(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = problems;
    }

    static InvalidManifest of(List<Problem> problems) {
        return new InvalidManifest(problems.stream()
                .sorted(Problem.IN_ORDER)
                .map(Problem::line)
                .distinct()
                .toList());
    }

    /** Every problem, in the order of the text: {@code FILE:LINE:COLUMN: FIELD: found X, expected Y}. */
    public List<String> problems() {
        return problems;
    }
}
