package dev.lethe.operator.cluster;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/** The client of the operator. */
public final class ClusterClient {
    private ClusterClient() {}

    /** Who manages which field is a large part of every object, and nothing that the operator looks at. */
    @JsonIgnoreProperties("managedFields")
    private interface WithoutManagedFields {}

    public static KubernetesClientBuilder builder() {
        return new KubernetesClientBuilder().withKubernetesSerialization(serialization());
    }

    /** Objects as JSON and back. */
    public static KubernetesSerialization serialization() {
        var mapper = new ObjectMapper().addMixIn(ObjectMeta.class, WithoutManagedFields.class);
        return new KubernetesSerialization(mapper, true);
    }
}
