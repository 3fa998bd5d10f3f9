package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a stage's pods run. What a stage leaves unsaid comes from the job, field by field; a list or map is taken whole, but
 * labels and annotations, which are taken key by key. A local run uses what the machine has. Pods run under Pod Security
 * restricted whatever is said here.
 *
 * @param labels labels of the pods, besides those that the operator sets; an admission policy may ask for some
 * @param annotations annotations of the pods, besides those that the operator sets
 * @param resources what the pod's container asks for
 * @param resourceClaims devices by dynamic resource allocation, all of them for the pod's container
 * @param nodeSelector labels that a node must have, besides those that the operator's chart says
 * @param tolerations taints of nodes that do not keep the pod away, besides those that the operator's chart says
 * @param affinity which nodes the pod wants, and beside which pods
 * @param sameNode whether the pod runs on the node where others of its workspace run, as a claim needs that one node alone can mount
 * @param priorityClassName the pod's priority class
 * @param workloadPriorityClassName Kueue's priority class of the Job, which orders its queue
 * @param runtimeClassName the pod's runtime class, such as a sandbox
 * @param securityContext the pod's user and groups; those of the operator's chart when absent
 * @param env environment variables by literal value; none from a secret, as the operator would read it for people who may
 *     not
 * @param imagePullSecrets secrets that pull the image, besides the operator's own
 * @param serviceAccountName the service account that the pod runs as; its token is not mounted
 * @param volumes what is mounted besides the claims that URIs name
 * @param terminationGracePeriodSeconds seconds that a stopped worker has to write its checkpoint; 30 when absent
 * @param runtime what runs in place of Lethe's own worker
 */
@ValidationRule(
        value = "!has(self.labels) || self.labels.all(k, !k.startsWith('lethe.dev/')"
                + " && !(k in ['app.kubernetes.io/managed-by', 'app.kubernetes.io/component']))",
        fieldPath = ".labels",
        message =
                "labels of lethe.dev, app.kubernetes.io/managed-by and app.kubernetes.io/component are set by the operator")
@ValidationRule(
        value = "!has(self.annotations) || self.annotations.all(k, !k.startsWith('lethe.dev/'))",
        fieldPath = ".annotations",
        message = "annotations of lethe.dev are set by the operator")
public record Compute(
        @Size(max = 16) @Nullable Map<String, @Pattern(Syntax.LABEL) @Size(max = Syntax.LABEL_LENGTH) String> labels,
        @Size(max = 16) @Nullable Map<String, @Size(max = 4096) String> annotations,
        @Nullable ComputeResources resources,
        @KeyedBy("name") @Size(max = 8) @Nullable List<ResourceClaim> resourceClaims,
        @Size(max = 16) @Nullable
                Map<String, @Pattern(Syntax.LABEL) @Size(max = Syntax.LABEL_LENGTH) String> nodeSelector,
        @Size(max = 16) @Nullable List<Toleration> tolerations,
        @Nullable Affinity affinity,
        @Nullable Boolean sameNode,
        @Pattern(Syntax.OBJECT_NAME) @Size(max = Syntax.OBJECT_NAME_LENGTH) @Nullable String priorityClassName,
        @Pattern(Syntax.OBJECT_NAME) @Size(max = Syntax.LABEL_LENGTH) @Nullable String workloadPriorityClassName,
        @Pattern(Syntax.OBJECT_NAME) @Size(max = Syntax.OBJECT_NAME_LENGTH) @Nullable String runtimeClassName,
        @Nullable SecurityContext securityContext,
        @KeyedBy("name") @Size(max = 64) @Nullable List<Variable> env,
        @KeyedBy("name") @Size(max = 8) @Nullable List<PullSecret> imagePullSecrets,
        @Pattern(Syntax.OBJECT_NAME) @Size(max = Syntax.OBJECT_NAME_LENGTH) @Nullable String serviceAccountName,
        @KeyedBy("name") @Size(max = 16) @Nullable List<ExtraVolume> volumes,
        @Min(1) @Max(3600) @Nullable Long terminationGracePeriodSeconds,
        @Nullable WorkerRuntime runtime) {
    /** Nothing said. */
    public static final Compute ABSENT = new Compute(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    /** The stage's own where it says something, the job's where it does not; absent where neither does. */
    public static @Nullable Compute merged(@Nullable Compute own, @Nullable Compute job) {
        return own == null || job == null ? or(own, job) : own.orElse(job);
    }

    /** These fields, with what is absent taken from {@code other}. */
    public Compute orElse(Compute other) {
        return new Compute(
                union(labels, other.labels),
                union(annotations, other.annotations),
                or(resources, other.resources),
                or(resourceClaims, other.resourceClaims),
                or(nodeSelector, other.nodeSelector),
                or(tolerations, other.tolerations),
                or(affinity, other.affinity),
                or(sameNode, other.sameNode),
                or(priorityClassName, other.priorityClassName),
                or(workloadPriorityClassName, other.workloadPriorityClassName),
                or(runtimeClassName, other.runtimeClassName),
                or(securityContext, other.securityContext),
                or(env, other.env),
                or(imagePullSecrets, other.imagePullSecrets),
                or(serviceAccountName, other.serviceAccountName),
                or(volumes, other.volumes),
                or(terminationGracePeriodSeconds, other.terminationGracePeriodSeconds),
                or(runtime, other.runtime));
    }

    /**
     * The same without devices, which are resource claims, and resources whose names have a domain as {@code nvidia.com/gpu}
     * has: for stages that compute on the processor alone.
     */
    public Compute withoutDevices() {
        var rest = resources == null ? null : new ComputeResources(plain(resources.limits), plain(resources.requests));
        return new Compute(
                labels,
                annotations,
                rest,
                null,
                nodeSelector,
                tolerations,
                affinity,
                sameNode,
                priorityClassName,
                workloadPriorityClassName,
                runtimeClassName,
                securityContext,
                env,
                imagePullSecrets,
                serviceAccountName,
                volumes,
                terminationGracePeriodSeconds,
                runtime);
    }

    private static @Nullable Map<String, String> plain(@Nullable Map<String, String> quantities) {
        if (quantities == null) {
            return null;
        }
        var plain = new TreeMap<>(quantities);
        plain.keySet().removeIf(name -> name.contains("/"));
        return plain;
    }

    private static @Nullable Map<String, String> union(
            @Nullable Map<String, String> first, @Nullable Map<String, String> second) {
        if (first == null || second == null) {
            return or(first, second);
        }
        var union = new TreeMap<>(second);
        union.putAll(first);
        return union;
    }

    private static <T> @Nullable T or(@Nullable T first, @Nullable T second) {
        return first != null ? first : second;
    }

    /**
     * Kubernetes resource quantities by name. What is named in neither is as the operator's chart says ({@code worker.resources}).
     *
     * @param limits most that the container may use, such as {@code nvidia.com/gpu: 1}
     * @param requests least that the container is given; the limits when absent
     */
    public record ComputeResources(
            @Size(max = 16) @Nullable Map<String, @Pattern(Syntax.QUANTITY) @Size(max = 32) String> limits,
            @Size(max = 16) @Nullable Map<String, @Pattern(Syntax.QUANTITY) @Size(max = 32) String> requests) {}

    /**
     * A claim for devices: one that pods share, or one of the pod's own.
     *
     * @param name the claim's name in the pod, unlike every other one's
     * @param resourceClaimName a ResourceClaim of the namespace
     * @param resourceClaimTemplateName a ResourceClaimTemplate of the namespace, from which every pod's own claim is made
     */
    @ValidationRule(
            value = "has(self.resourceClaimName) != has(self.resourceClaimTemplateName)",
            message = "a resource claim is one of resourceClaimName and resourceClaimTemplateName")
    public record ResourceClaim(
            @Pattern(Syntax.NAME) @Size(max = Syntax.LABEL_LENGTH) String name,
            @Pattern(Syntax.OBJECT_NAME) @Size(max = Syntax.OBJECT_NAME_LENGTH) @Nullable String resourceClaimName,
            @Pattern(Syntax.OBJECT_NAME) @Size(max = Syntax.OBJECT_NAME_LENGTH) @Nullable
                    String resourceClaimTemplateName) {}

    /**
     * Whom the pod's processes run as; whatever is absent is left to the platform, such as a cluster that gives every namespace
     * a range of its own. Never root.
     *
     * @param runAsUser the user's number
     * @param runAsGroup the group's number
     * @param fsGroup the group that files of mounted claims are given, where the pod may write to them
     */
    public record SecurityContext(
            @Min(1) @Max(Integer.MAX_VALUE) @Nullable Long runAsUser,
            @Min(0) @Max(Integer.MAX_VALUE) @Nullable Long runAsGroup,
            @Min(0) @Max(Integer.MAX_VALUE) @Nullable Long fsGroup) {}

    /**
     * A taint that does not keep the pod away, as in a pod's own tolerations.
     *
     * @param key the taint's key; every key when absent
     * @param operator {@code Equal} (when absent): the value must be the taint's; {@code Exists}: any value will do
     * @param value the taint's value
     * @param effect the taint's effect; every effect when absent
     * @param tolerationSeconds seconds that the pod may stay on a node with a {@code NoExecute} taint; for ever when absent
     */
    public record Toleration(
            @Pattern(Syntax.LABEL_KEY) @Size(max = Syntax.LABEL_KEY_LENGTH) @Nullable String key,
            @OneOf({"Exists", "Equal"}) @Nullable String operator,
            @Pattern(Syntax.LABEL) @Size(max = Syntax.LABEL_LENGTH) @Nullable String value,
            @OneOf({"NoSchedule", "PreferNoSchedule", "NoExecute"}) @Nullable String effect,
            @Min(0) @Max(31536000) @Nullable Long tolerationSeconds) {}

    /**
     * An environment variable.
     *
     * @param name the variable's name
     * @param value its value, which everybody sees who may read the resource
     */
    @ValidationRule(
            value = "!self.name.startsWith('KUBEFLOW_TRAINER_SERVER_') && self.name != 'HOME'",
            fieldPath = ".name",
            message = "HOME and KUBEFLOW_TRAINER_SERVER_ are set by the operator")
    public record Variable(
            @Pattern("^[A-Za-z_][A-Za-z0-9_.-]*$") @Size(max = 128) String name, @Size(max = 4096) String value) {}

    /**
     * A secret of type {@code kubernetes.io/dockerconfigjson}.
     *
     * @param name the secret's name
     */
    public record PullSecret(@Pattern(Syntax.OBJECT_NAME) @Size(max = Syntax.OBJECT_NAME_LENGTH) String name) {}

    /**
     * A volume of a claim, a config map or the pod's own scratch space.
     *
     * @param name the volume's name, unlike every other one's
     * @param mountPath where the container finds it
     * @param readOnly whether the container may only read it
     * @param persistentVolumeClaim the claim that is mounted
     * @param configMap the config map that is mounted, a file for every key
     * @param emptyDir scratch space that lives as long as the pod
     */
    @ValidationRule(
            value = "(has(self.persistentVolumeClaim) ? 1 : 0) + (has(self.configMap) ? 1 : 0)"
                    + " + (has(self.emptyDir) ? 1 : 0) == 1",
            message = "a volume is one of persistentVolumeClaim, configMap and emptyDir")
    @ValidationRule(
            value = "!self.mountPath.matches('" + ExtraVolume.RESERVED + "') && !self.mountPath.contains('..')",
            fieldPath = ".mountPath",
            message = "mountPath may not be /, /tmp, /claims, /etc/lethe or /var/run/lethe, nor lie in the last three,"
                    + " nor contain '..'")
    public record ExtraVolume(
            @Pattern(Syntax.NAME) @Size(max = 50) String name,
            @Pattern("^/[^:]*$") @Size(max = 512) String mountPath,
            @Nullable Boolean readOnly,
            @Pattern(Syntax.OBJECT_NAME) @Size(max = Syntax.OBJECT_NAME_LENGTH) @Nullable String persistentVolumeClaim,
            @Pattern(Syntax.OBJECT_NAME) @Size(max = Syntax.OBJECT_NAME_LENGTH) @Nullable String configMap,
            @Nullable Scratch emptyDir) {
        static final String RESERVED = "^/(tmp/?|(claims|etc/lethe|var/run/lethe)(/.*)?)?$";
    }

    /**
     * Scratch space.
     *
     * @param medium {@code Memory} for a RAM disk, which counts as the container's memory; the node's disk when absent
     * @param sizeLimit the most that it may hold
     */
    public record Scratch(
            @OneOf("Memory") @Nullable String medium,
            @Pattern(Syntax.QUANTITY) @Size(max = 32) @Nullable String sizeLimit) {}

    /**
     * A worker of the user's own that honours the stage contract.
     *
     * @param image the image, by tag or digest; Lethe's own when absent
     * @param command the program and its first arguments, to which the stage file's path is added; {@code lethe stage}
     *     when absent
     */
    public record WorkerRuntime(
            @Pattern("^[^ ]+$") @Size(max = 1024) @Nullable String image,
            @Size(min = 1, max = 64) @Nullable List<@Size(max = 4096) String> command) {}
}
