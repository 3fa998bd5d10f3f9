package dev.lethe.api.crd;

import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.resource.ModelTrainingSpec;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.UnlearningJobStatus;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;

/** The kinds as the CRD generator wants them: classes around our records. */
final class Shells {
    static final List<Class<? extends CustomResource<?, ?>>> ALL = List.of(
            UnlearningJob.class,
            ModelPreparation.class,
            ModelTraining.class,
            ModelMerge.class,
            ModelEvaluation.class,
            ModelPublication.class);

    private Shells() {}

    @Group("lethe.dev")
    @Version("v1alpha1")
    @ShortNames("ulj")
    @Categories("lethe")
    static final class UnlearningJob extends CustomResource<UnlearningJobSpec, UnlearningJobStatus>
            implements Namespaced {}

    @Group("lethe.dev")
    @Version("v1alpha1")
    @ShortNames("mprp")
    @Categories("lethe")
    static final class ModelPreparation extends CustomResource<ModelPreparationSpec, StageResourceStatus>
            implements Namespaced {}

    @Group("lethe.dev")
    @Version("v1alpha1")
    @ShortNames("mtrn")
    @Categories("lethe")
    static final class ModelTraining extends CustomResource<ModelTrainingSpec, StageResourceStatus>
            implements Namespaced {}

    @Group("lethe.dev")
    @Version("v1alpha1")
    @ShortNames("mmrg")
    @Categories("lethe")
    static final class ModelMerge extends CustomResource<ModelMergeSpec, StageResourceStatus> implements Namespaced {}

    @Group("lethe.dev")
    @Version("v1alpha1")
    @ShortNames("mevl")
    @Categories("lethe")
    static final class ModelEvaluation extends CustomResource<ModelEvaluationSpec, StageResourceStatus>
            implements Namespaced {}

    @Group("lethe.dev")
    @Version("v1alpha1")
    @ShortNames("mpub")
    @Categories("lethe")
    static final class ModelPublication extends CustomResource<ModelPublicationSpec, StageResourceStatus>
            implements Namespaced {}
}
