package dev.lethe.api.resource;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The spec of a kind that one worker process carries out. */
public sealed interface StageSpec extends Spec
        permits ModelPreparationSpec, ModelTrainingSpec, ModelMergeSpec, ModelEvaluationSpec, ModelPublicationSpec {
    /** The claim for checkpoints and unfinished output. */
    @Nullable
    Workspace workspace();

    /** The URI that the stage writes. */
    String outputUri();

    /** The URIs at which it writes, or checks that it could. */
    default List<String> writes() {
        return List.of(outputUri());
    }

    /** How its pods run. */
    default Execution execution() {
        return new Execution(
                workspace(),
                compute(),
                retry(),
                activeDeadlineSeconds(),
                suspend(),
                queueName(),
                ttlSecondsAfterFinished());
    }

    /** The same stage, whose pods run otherwise. */
    StageSpec withExecution(Execution execution);

    /** The same stage with every URI changed: those that it reads, and the one that it writes. */
    StageSpec withUris(UnaryOperator<String> change);
}
