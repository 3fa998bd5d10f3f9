package dev.lethe.operator.cluster;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/**
 * The client of the operator. It skips the fields that the operator does not need, since informers hold thousands of objects
 * and a pod's annotations, volumes and mounts are most of it. So an object that was read must never be written back: objects
 * are created, patched and deleted, and a status is written through its subresource.
 */
public final class ClusterClient {
    /** Objects per page of a list, as informers ask for it when they start. */
    public static final long PAGE = 500;

    private ClusterClient() {}

    /** Annotations are large: they hold a worker's stage file, and what {@code kubectl} applied last. */
    @JsonIgnoreProperties(
            value = {"annotations", "managedFields"},
            allowGetters = true)
    private interface Meta {}

    @JsonIgnoreProperties(
            value = {"podFailurePolicy", "selector", "template"},
            allowGetters = true)
    private interface Job {}

    /** What matters of a pod's spec is its node, and its containers' images and resources. */
    @JsonIgnoreProperties(
            value = {
                "affinity",
                "dnsPolicy",
                "imagePullSecrets",
                "initContainers",
                "nodeSelector",
                "preemptionPolicy",
                "priorityClassName",
                "resourceClaims",
                "restartPolicy",
                "schedulerName",
                "securityContext",
                "serviceAccount",
                "serviceAccountName",
                "tolerations",
                "topologySpreadConstraints",
                "volumes"
            },
            allowGetters = true)
    private interface Pod {}

    @JsonIgnoreProperties(
            value = {"hostIP", "hostIPs", "initContainerStatuses", "podIP", "podIPs", "qosClass"},
            allowGetters = true)
    private interface PodState {}

    @JsonIgnoreProperties(
            value = {
                "args",
                "command",
                "env",
                "envFrom",
                "imagePullPolicy",
                "ports",
                "securityContext",
                "terminationMessagePath",
                "terminationMessagePolicy",
                "volumeMounts"
            },
            allowGetters = true)
    private interface Worker {}

    @JsonIgnoreProperties(
            value = {
                "allocatedResources",
                "allocatedResourcesStatus",
                "containerID",
                "image",
                "imageID",
                "resources",
                "user",
                "volumeMounts"
            },
            allowGetters = true)
    private interface WorkerStatus {}

    /** Of a claim it matters only whether it is being deleted. */
    @JsonIgnoreProperties(
            value = {"spec", "status"},
            allowGetters = true)
    private interface Claim {}

    public static KubernetesClientBuilder builder() {
        return new KubernetesClientBuilder().withKubernetesSerialization(serialization());
    }

    /** Objects as JSON and back. */
    public static KubernetesSerialization serialization() {
        var mapper = new ObjectMapper()
                .addMixIn(ObjectMeta.class, Meta.class)
                .addMixIn(JobSpec.class, Job.class)
                .addMixIn(PodSpec.class, Pod.class)
                .addMixIn(PodStatus.class, PodState.class)
                .addMixIn(Container.class, Worker.class)
                .addMixIn(ContainerStatus.class, WorkerStatus.class)
                .addMixIn(PersistentVolumeClaim.class, Claim.class);
        return new KubernetesSerialization(mapper, true);
    }
}
