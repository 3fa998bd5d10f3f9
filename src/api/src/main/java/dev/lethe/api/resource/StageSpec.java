package dev.lethe.api.resource;

import java.util.List;
import java.util.function.UnaryOperator;

/** The spec of a kind that one worker process carries out: its work, and how the pods run that do it. */
public sealed interface StageSpec extends Spec
        permits ModelPreparationSpec, ModelTrainingSpec, ModelMergeSpec, ModelEvaluationSpec, ModelPublicationSpec {
    /** The URI that the stage writes. */
    String outputUri();

    /** The URIs at which it writes, or checks that it could. */
    default List<String> writes() {
        return List.of(outputUri());
    }

    /** The same work, whose pods run otherwise. */
    StageSpec withExecution(Execution execution);

    /** The same stage with every URI changed: those that it reads, and the one that it writes. */
    StageSpec withUris(UnaryOperator<String> change);
}
