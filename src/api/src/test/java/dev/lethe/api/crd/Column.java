package dev.lethe.api.crd;

import dev.lethe.api.resource.Kind;
import java.util.List;

/** What {@code kubectl get} prints of each kind. */
record Column(String name, String type, String jsonPath, int priority) {
    private static final String READY = ".status.conditions[?(@.type==\"Ready\")]";

    private static final Column PHASE = text("PHASE", ".status.phase");
    private static final Column VERDICT = text("VERDICT", ".status.verdict");
    private static final Column REASON = text("REASON", READY + ".reason");
    private static final Column AGE = new Column("AGE", "date", ".metadata.creationTimestamp", 0);
    private static final Column MESSAGE = new Column("MESSAGE", "string", READY + ".message", 1);
    private static final Column OUTPUT = new Column("OUTPUT", "string", ".spec.output.uri", 1);

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
            case ModelTraining ->
                List.of(
                        PHASE,
                        text("OBJECTIVE", ".spec.objective.type"),
                        new Column("STEP", "integer", ".status.progress.step", 0),
                        new Column("STEPS", "integer", ".status.progress.steps", 0),
                        REASON,
                        AGE,
                        OUTPUT,
                        MESSAGE);
            case ModelMerge -> List.of(PHASE, text("METHOD", ".spec.method"), REASON, AGE, OUTPUT, MESSAGE);
            case ModelEvaluation -> List.of(PHASE, VERDICT, REASON, AGE, OUTPUT, MESSAGE);
            case ModelPublication -> List.of(PHASE, REASON, AGE, OUTPUT, MESSAGE);
        };
    }

    private static Column text(String name, String jsonPath) {
        return new Column(name, "string", jsonPath, 0);
    }
}
