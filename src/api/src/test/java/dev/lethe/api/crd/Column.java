package dev.lethe.api.crd;

import dev.lethe.api.resource.Kind;
import java.util.ArrayList;
import java.util.List;

/** What {@code kubectl get} prints of each kind. */
record Column(String name, String type, String jsonPath, int priority) {
    private static final String READY = ".status.conditions[?(@.type==\"Ready\")]";

    private static final Column PHASE = text("PHASE", ".status.phase");
    private static final Column PROGRESS = text("PROGRESS", ".status.progress.percent");
    private static final Column ATTEMPT = new Column("ATTEMPT", "integer", ".status.attempts[-1:].number", 0);
    private static final Column VERDICT = text("VERDICT", ".status.verdict");
    private static final Column REASON = text("REASON", READY + ".reason");
    private static final Column AGE = new Column("AGE", "date", ".metadata.creationTimestamp", 0);
    private static final Column MESSAGE = wide("MESSAGE", READY + ".message");
    private static final Column OUTPUT = wide("OUTPUT", ".spec.output.uri");

    static List<Column> of(Kind kind) {
        return switch (kind) {
            case UnlearningJob ->
                List.of(
                        PHASE,
                        text("STAGE", ".status.stage"),
                        text("PROGRESS", ".status.progress"),
                        VERDICT,
                        REASON,
                        AGE,
                        OUTPUT,
                        MESSAGE);
            case ModelPreparation -> stage(wide("DESTINATION", ".spec.destination.uri"));
            case ModelTraining -> stage(wide("OBJECTIVE", ".spec.objective.type"));
            case ModelMerge -> stage(wide("METHOD", ".spec.method"));
            case ModelEvaluation -> List.of(PHASE, PROGRESS, ATTEMPT, VERDICT, REASON, AGE, OUTPUT, MESSAGE);
            case ModelPublication -> stage();
        };
    }

    private static List<Column> stage(Column... own) {
        var columns = new ArrayList<Column>(List.of(PHASE, PROGRESS, ATTEMPT, REASON, AGE));
        columns.addAll(List.of(own));
        columns.addAll(List.of(OUTPUT, MESSAGE));
        return columns;
    }

    private static Column wide(String name, String jsonPath) {
        return new Column(name, "string", jsonPath, 1);
    }

    private static Column text(String name, String jsonPath) {
        return new Column(name, "string", jsonPath, 0);
    }
}
