package dev.lethe.operator.workload;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Compute;
import dev.lethe.api.resource.Compute.PullSecret;
import dev.lethe.api.resource.Compute.WorkerRuntime;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.status.Attempt;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The pod of an attempt. It meets Pod Security <em>restricted</em>, whatever the resource asks for. */
final class WorkerPod {
    static final String CONTAINER = "worker";

    /** The nonroot user of distroless images: no user of a node. */
    private static final long USER = 65532;

    private WorkerPod() {}

    static PodTemplateSpec template(
            Resource<? extends StageSpec, ?> stage, Attempt attempt, StageFile file, WorkerSettings settings) {
        var compute = Objects.requireNonNullElse(stage.spec().execution().compute(), Compute.ABSENT);
        var resources = WorkerResources.of(compute.resources()).orElse(settings.resources());
        var volumes = WorkerVolumes.of(stage.spec(), scratchLimit(resources, settings), settings);
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(labels(stage, attempt, settings))
                .withAnnotations(annotations(file, settings))
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withServiceAccountName(compute.serviceAccountName())
                .withTerminationGracePeriodSeconds(compute.terminationGracePeriodSeconds())
                .withPriorityClassName(compute.priorityClassName())
                .withRuntimeClassName(compute.runtimeClassName())
                .withNodeSelector(compute.nodeSelector())
                .withTolerations(all(compute.tolerations(), Toleration.class))
                .withAffinity(compute.affinity() == null ? null : as(compute.affinity(), Affinity.class))
                .withImagePullSecrets(pullSecrets(compute, settings))
                .withSecurityContext(podSecurity())
                .withContainers(container(stage, compute, resources, volumes, settings))
                .withVolumes(volumes.volumes())
                .endSpec()
                .build();
    }

    private static Map<String, String> labels(
            Resource<? extends StageSpec, ?> stage, Attempt attempt, WorkerSettings settings) {
        var labels = new TreeMap<>(Labels.of(stage, attempt));
        if (settings.progressCa() != null) {
            labels.putAll(settings.progressCa().label());
        }
        return labels;
    }

    /** The worker's input. The downward API turns it into files, so no ConfigMap is needed. */
    private static Map<String, String> annotations(StageFile file, WorkerSettings settings) {
        var annotations = new TreeMap<>(Map.of(Annotations.STAGE_FILE, Documents.json(file)));
        if (settings.progressCa() != null) {
            annotations.putAll(settings.progressCa().annotation());
        }
        return annotations;
    }

    private static Container container(
            Resource<? extends StageSpec, ?> stage,
            Compute compute,
            WorkerResources resources,
            WorkerVolumes volumes,
            WorkerSettings settings) {
        var runtime = Objects.requireNonNullElse(compute.runtime(), new WorkerRuntime(null, null));
        var file = WorkerVolumes.STAGE_FOLDER + "/" + WorkerVolumes.STAGE_FILE;
        return new ContainerBuilder()
                .withName(CONTAINER)
                .withImage(Objects.requireNonNullElse(runtime.image(), settings.image()))
                .withImagePullPolicy(settings.pullPolicy())
                .withCommand(runtime.command())
                .withArgs(runtime.command() == null ? List.of("stage", file) : List.of(file))
                .withEnv(environment(stage, compute, settings))
                .withResources(resources.requirements())
                .withSecurityContext(containerSecurity())
                .withTerminationMessagePath("/dev/termination-log")
                // Never from the log, whose lines could quote rows of the data.
                .withTerminationMessagePolicy("File")
                .withVolumeMounts(volumes.mounts())
                .build();
    }

    private static List<EnvVar> environment(
            Resource<? extends StageSpec, ?> stage, Compute compute, WorkerSettings settings) {
        var variables = new ArrayList<EnvVar>();
        variables.add(new EnvVar("HOME", WorkerVolumes.SCRATCH_FOLDER, null));
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

    private static PodSecurityContext podSecurity() {
        return new PodSecurityContextBuilder()
                .withRunAsNonRoot(true)
                .withRunAsUser(USER)
                .withRunAsGroup(USER)
                .withFsGroup(USER)
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
