package dev.lethe.api.resource;

import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.UnlearningJobStatus;

/** The kinds of the group {@code lethe.dev/v1alpha1}. */
public enum Kind {
    UnlearningJob(UnlearningJobSpec.class),
    ModelPreparation(ModelPreparationSpec.class),
    ModelTraining(ModelTrainingSpec.class),
    ModelMerge(ModelMergeSpec.class),
    ModelEvaluation(ModelEvaluationSpec.class),
    ModelPublication(ModelPublicationSpec.class);

    private final Class<? extends Spec> specType;

    Kind(Class<? extends Spec> specType) {
        this.specType = specType;
    }

    public Class<? extends Spec> specType() {
        return specType;
    }

    public Class<?> statusType() {
        return this == UnlearningJob ? UnlearningJobStatus.class : StageResourceStatus.class;
    }
}
