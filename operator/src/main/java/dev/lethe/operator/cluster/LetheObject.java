package dev.lethe.operator.cluster;

import dev.lethe.api.resource.Kind;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/** A custom resource of one of our kinds, as the API server has it. */
public abstract sealed class LetheObject extends CustomResource<JsonText, JsonText> implements Namespaced {
    public static final String GROUP = "lethe.dev";
    public static final String VERSION = "v1alpha1";

    @Group(GROUP)
    @Version(VERSION)
    @Plural("unlearningjobs")
    @io.fabric8.kubernetes.model.annotation.Kind("UnlearningJob")
    public static final class UnlearningJob extends LetheObject {}

    @Group(GROUP)
    @Version(VERSION)
    @Plural("modelpreparations")
    @io.fabric8.kubernetes.model.annotation.Kind("ModelPreparation")
    public static final class ModelPreparation extends LetheObject {}

    @Group(GROUP)
    @Version(VERSION)
    @Plural("modeltrainings")
    @io.fabric8.kubernetes.model.annotation.Kind("ModelTraining")
    public static final class ModelTraining extends LetheObject {}

    @Group(GROUP)
    @Version(VERSION)
    @Plural("modelmerges")
    @io.fabric8.kubernetes.model.annotation.Kind("ModelMerge")
    public static final class ModelMerge extends LetheObject {}

    @Group(GROUP)
    @Version(VERSION)
    @Plural("modelevaluations")
    @io.fabric8.kubernetes.model.annotation.Kind("ModelEvaluation")
    public static final class ModelEvaluation extends LetheObject {}

    @Group(GROUP)
    @Version(VERSION)
    @Plural("modelpublications")
    @io.fabric8.kubernetes.model.annotation.Kind("ModelPublication")
    public static final class ModelPublication extends LetheObject {}

    /** An empty object of that kind. */
    public static LetheObject of(Kind kind) {
        return switch (kind) {
            case UnlearningJob -> new UnlearningJob();
            case ModelPreparation -> new ModelPreparation();
            case ModelTraining -> new ModelTraining();
            case ModelMerge -> new ModelMerge();
            case ModelEvaluation -> new ModelEvaluation();
            case ModelPublication -> new ModelPublication();
        };
    }

    public Kind kind() {
        return Kind.valueOf(getKind());
    }

    /** A reference that makes this object the controller of another, which is deleted with it. */
    public OwnerReference asController() {
        return new OwnerReferenceBuilder()
                .withApiVersion(getApiVersion())
                .withKind(getKind())
                .withName(getMetadata().getName())
                .withUid(getMetadata().getUid())
                .withController(true)
                .build();
    }
}
