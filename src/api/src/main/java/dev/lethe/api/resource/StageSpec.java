package dev.lethe.api.resource;

import org.jspecify.annotations.Nullable;

/** The spec of a kind that one worker process carries out. */
public sealed interface StageSpec extends Spec
        permits ModelTrainingSpec, ModelMergeSpec, ModelEvaluationSpec, ModelPublicationSpec {
    /** The claim for checkpoints and unfinished output. */
    @Nullable
    Workspace workspace();

    /** The URI that the stage writes. */
    String outputUri();
}
