package dev.lethe.operator.workload;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Compute;
import dev.lethe.api.resource.Compute.PullSecret;
import dev.lethe.api.resource.Compute.WorkerRuntime;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.Syntax;
import dev.lethe.api.resource.Workspace;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.status.Attempt;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodResourceClaim;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceClaim;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The pod of an attempt. It meets Pod Security <em>restricted</em>, whatever the resource asks for. */
final class WorkerPod {
    static final String CONTAINER = "worker";

    /** A node, by the label that the kubelet gives it. */
    private static final String NODE = "kubernetes.io/hostname";

    private WorkerPod() {}

    static PodTemplateSpec template(
            Resource<? extends StageSpec, ?> stage, Attempt attempt, StageFile file, WorkerSettings settings) {
        var own = Objects.requireNonNullElse(stage.spec().execution().compute(), Compute.ABSENT);
        var compute = own.orElse(settings.compute());
        var workspace = workspace(stage.spec());
        var resources = WorkerResources.of(compute.resources()).orElse(settings.resources());
        var gpu = resources.haveNvidiaGpu() ? settings.gpu() : GpuSettings.NONE;
        var volumes = WorkerVolumes.of(stage.spec(), scratchLimit(resources, settings), gpu.sharedMemory(), settings);
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(labels(stage, attempt, compute, workspace, settings))
                .withAnnotations(annotations(file, compute, settings))
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withServiceAccountName(compute.serviceAccountName())
                .withTerminationGracePeriodSeconds(compute.terminationGracePeriodSeconds())
                .withPriorityClassName(compute.priorityClassName())
                .withRuntimeClassName(compute.runtimeClassName())
                .withNodeSelector(union(settings.compute().nodeSelector(), own.nodeSelector()))
                .withTolerations(tolerations(settings.compute().tolerations(), own.tolerations(), gpu.tolerations()))
                .withAffinity(affinity(compute, workspace))
                .withResourceClaims(all(compute.resourceClaims(), PodResourceClaim.class))
                .withImagePullSecrets(pullSecrets(compute, settings))
                .withSecurityContext(podSecurity(compute))
                .withContainers(container(stage, compute, resources, volumes, gpu, settings))
                .withVolumes(volumes.volumes())
                .endSpec()
                .build();
    }

    private static Map<String, String> labels(
            Resource<? extends StageSpec, ?> stage,
            Attempt attempt,
            Compute compute,
            Optional<String> workspace,
            WorkerSettings settings) {
        var labels = union(compute.labels(), Labels.of(stage, attempt));
        workspace.ifPresent(it -> labels.put(Labels.WORKSPACE, it));
        if (settings.progressCa() != null) {
            labels.putAll(settings.progressCa().label());
        }
        return labels;
    }

    /** The worker's input. The downward API turns it into files, so no ConfigMap is needed. */
    private static Map<String, String> annotations(StageFile file, Compute compute, WorkerSettings settings) {
        var annotations = union(compute.annotations(), Map.of(Annotations.STAGE_FILE, Documents.json(file)));
        if (settings.progressCa() != null) {
            annotations.putAll(settings.progressCa().annotation());
        }
        return annotations;
    }

    /** The value of the label of a workspace: its claim's name, or a digest of one that is too long for a label. */
    private static Optional<String> workspace(StageSpec spec) {
        return Optional.ofNullable(spec.execution().workspace())
                .map(Workspace::persistentVolumeClaim)
                .map(claim -> claim.length() <= Syntax.LABEL_LENGTH ? claim : Labels.digest(claim));
    }

    /** One node for all pods of a workspace, where that is asked for: the scheduler lets the first of them choose it. */
    private static @Nullable Affinity affinity(Compute compute, Optional<String> workspace) {
        var given = compute.affinity() == null ? null : as(compute.affinity(), Affinity.class);
        if (!Boolean.TRUE.equals(compute.sameNode()) || workspace.isEmpty()) {
            return given;
        }
        return new AffinityBuilder(given == null ? new Affinity() : given)
                .editOrNewPodAffinity()
                .addNewRequiredDuringSchedulingIgnoredDuringExecution()
                .withTopologyKey(NODE)
                .withNewLabelSelector()
                .addToMatchLabels(Labels.MANAGED_BY, Labels.SELECTOR.get(Labels.MANAGED_BY))
                .addToMatchLabels(Labels.WORKSPACE, workspace.get())
                .endLabelSelector()
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .endPodAffinity()
                .build();
    }

    @SafeVarargs
    private static List<Toleration> tolerations(@Nullable List<Compute.Toleration>... tolerations) {
        return Stream.of(tolerations)
                .flatMap(it -> all(it, Toleration.class).stream())
                .distinct()
                .toList();
    }

    private static Map<String, String> union(@Nullable Map<String, String> base, @Nullable Map<String, String> over) {
        var union = new TreeMap<String, String>();
        Stream.of(base, over).filter(Objects::nonNull).forEach(union::putAll);
        return union;
    }

    private static Container container(
            Resource<? extends StageSpec, ?> stage,
            Compute compute,
            WorkerResources resources,
            WorkerVolumes volumes,
            GpuSettings gpu,
            WorkerSettings settings) {
        var runtime = Objects.requireNonNullElse(compute.runtime(), new WorkerRuntime(null, null));
        var file = WorkerVolumes.STAGE_FOLDER + "/" + WorkerVolumes.STAGE_FILE;
        return new ContainerBuilder()
                .withName(CONTAINER)
                .withImage(Stream.of(runtime.image(), gpu.image(), settings.image())
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElseThrow())
                .withImagePullPolicy(settings.pullPolicy())
                .withCommand(runtime.command())
                .withArgs(runtime.command() == null ? List.of("stage", file) : List.of(file))
                .withEnv(environment(stage, compute, settings))
                .withResources(requirements(resources, compute))
                .withSecurityContext(containerSecurity())
                .withTerminationMessagePath("/dev/termination-log")
                // Never from the log, whose lines could quote rows of the data.
                .withTerminationMessagePolicy("File")
                .withVolumeMounts(volumes.mounts())
                .build();
    }

    private static ResourceRequirements requirements(WorkerResources resources, Compute compute) {
        var claims = Objects.requireNonNullElse(compute.resourceClaims(), List.<Compute.ResourceClaim>of());
        return new ResourceRequirementsBuilder(resources.requirements())
                .withClaims(claims.stream()
                        .map(it -> new ResourceClaim(it.name(), null))
                        .toList())
                .build();
    }

    private static List<EnvVar> environment(
            Resource<? extends StageSpec, ?> stage, Compute compute, WorkerSettings settings) {
        var variables = new ArrayList<EnvVar>();
        variables.add(new EnvVar("HOME", WorkerVolumes.SCRATCH_FOLDER, null));
        if (settings.logFormat() != null) {
            variables.add(new EnvVar(StageFile.LOG_FORMAT, settings.logFormat(), null));
        }
        if (settings.progressUrl() != null) {
            variables.add(new EnvVar("KUBEFLOW_TRAINER_SERVER_URL", settings.progressUrl() + statusPath(stage), null));
            variables.add(new EnvVar("KUBEFLOW_TRAINER_SERVER_TOKEN", WorkerVolumes.TOKEN_FILE, null));
            if (settings.progressCa() != null) {
                var authority = WorkerVolumes.STAGE_FOLDER + "/" + WorkerVolumes.AUTHORITY_FILE;
                variables.add(new EnvVar("KUBEFLOW_TRAINER_SERVER_CA_CERT", authority, null));
            }
        }
        if (compute.env() != null) {
            compute.env().forEach(it -> variables.add(new EnvVar(it.name(), it.value(), null)));
        }
        return variables;
    }

    private static String statusPath(Resource<? extends StageSpec, ?> stage) {
        return "/apis/%s/namespaces/%s/%ss/%s/status"
                .formatted(
                        Resource.API_VERSION,
                        stage.metadata().namespace(),
                        stage.kind().name().toLowerCase(Locale.ROOT),
                        stage.name());
    }

    /** A limit for ephemeral storage is one for the scratch space, too. */
    private static @Nullable Quantity scratchLimit(WorkerResources resources, WorkerSettings settings) {
        return resources.ephemeralStorage().orElse(settings.scratchLimit());
    }

    private static List<LocalObjectReference> pullSecrets(Compute compute, WorkerSettings settings) {
        var own = compute.imagePullSecrets() == null ? List.<PullSecret>of() : compute.imagePullSecrets();
        return Stream.concat(settings.pullSecrets().stream(), own.stream().map(PullSecret::name))
                .distinct()
                .map(LocalObjectReference::new)
                .toList();
    }

    /** What is said of neither user nor groups is the image's, or what the platform puts in. */
    private static PodSecurityContext podSecurity(Compute compute) {
        var given =
                Objects.requireNonNullElse(compute.securityContext(), new Compute.SecurityContext(null, null, null));
        return new PodSecurityContextBuilder()
                .withRunAsNonRoot(true)
                .withRunAsUser(given.runAsUser())
                .withRunAsGroup(given.runAsGroup())
                .withFsGroup(given.fsGroup())
                // So that the kubelet does not walk through a large model at every start.
                .withFsGroupChangePolicy("OnRootMismatch")
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .build();
    }

    private static SecurityContext containerSecurity() {
        return new SecurityContextBuilder()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .build();
    }

    private static <T> List<T> all(@Nullable List<?> records, Class<T> type) {
        return records == null
                ? List.of()
                : records.stream().map(it -> as(it, type)).toList();
    }

    /** Converts our record to the client's class with the same fields. */
    private static <T> T as(Object record, Class<T> type) {
        return Documents.mapper().convertValue(record, type);
    }
}
