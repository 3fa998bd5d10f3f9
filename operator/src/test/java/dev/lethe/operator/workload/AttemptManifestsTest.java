package dev.lethe.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Destination;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.Workspace;
import dev.lethe.api.schema.Manifest;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Verdict;
import dev.lethe.pipeline.stage.Mounts;
import dev.lethe.pipeline.stage.StageFiles;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AttemptManifestsTest {
    private static final WorkerSettings SETTINGS = new WorkerSettings(
            "docker.io/lethe/lethe-worker:0.1.0",
            "IfNotPresent",
            List.of("operators-own"),
            "https://lethe-operator.lethe-system.svc",
            "-----BEGIN CERTIFICATE-----\n");

    private static final WorkerSettings BARE = new WorkerSettings("worker:1", "Never", List.of(), null, null);

    private static final Attempt ATTEMPT = new Attempt(
            "request-4711-train-over-2-0a1b2c3d", 2, Attempt.State.Planned, null, null, null, true, null, null);

    private static final StageFiles FILES = new StageFiles(Mounts.claims("/claims"));

    /** Everything that a user can say, and what comes of it. */
    @Test
    void everyFieldOfComputeReachesThePod() {
        var manifests = manifests(stage("training.yaml"), SETTINGS);
        assertThat(Serialization.asYaml(manifests.job())).isEqualTo(text("training-job.yaml"));
        assertThat(manifests.stageFile().getMetadata())
                .isEqualTo(manifests
                        .job()
                        .getMetadata()
                        .edit()
                        .removeFromLabels(Labels.QUEUE)
                        .build());
        var data = manifests.stageFile().getData();
        assertThat(data).containsOnlyKeys("stage.json", "ca.crt");
        assertThat(Documents.parse("stage.json", data.get("stage.json"), StageFile.class)
                        .attempt())
                .isEqualTo(ATTEMPT.name());
    }

    static Stream<AttemptManifests> all() {
        return Stream.of(stage("training.yaml"), stage("merge.yaml"), publication())
                .flatMap(it -> Stream.of(manifests(it, SETTINGS), manifests(it, BARE)));
    }

    /** The controls of Pod Security <em>restricted</em>, in the order of their documentation, and stricter ones. */
    @ParameterizedTest
    @MethodSource("all")
    void everyPodIsRestricted(AttemptManifests manifests) {
        PodSpec pod = pod(manifests);
        var container = pod.getContainers().getFirst();
        assertThat(pod.getHostNetwork()).isNull();
        assertThat(pod.getHostPID()).isNull();
        assertThat(pod.getHostIPC()).isNull();
        assertThat(container.getPorts()).isEmpty();
        assertThat(pod.getVolumes()).allSatisfy(it -> assertThat(permitted(it)).isTrue());
        assertThat(container.getSecurityContext().getPrivileged()).isNull();
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container.getSecurityContext().getCapabilities().getAdd()).isEmpty();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(pod.getSecurityContext().getSysctls()).isEmpty();

        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getEnableServiceLinks()).isFalse();
        assertThat(container.getTerminationMessagePolicy()).isEqualTo("File");
        assertThat(container.getEnvFrom()).isEmpty();
        assertThat(container.getEnv()).extracting(EnvVar::getValueFrom).containsOnlyNulls();
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyJobIsOnePodOnce(AttemptManifests manifests) {
        var job = manifests.job().getSpec();
        assertThat(List.of(job.getParallelism(), job.getCompletions(), job.getBackoffLimit()))
                .containsExactly(1, 1, 0);
        assertThat(job.getPodReplacementPolicy()).isEqualTo("Failed");
        assertThat(pod(manifests).getRestartPolicy()).isEqualTo("Never");
        assertThat(job.getTtlSecondsAfterFinished()).isNull();
        assertThat(job.getPodFailurePolicy().getRules())
                .allMatch(it -> it.getAction().equals("FailJob"));
        var owner = manifests.job().getMetadata().getOwnerReferences().getFirst();
        assertThat(owner.getController()).isTrue();
        assertThat(owner.getUid()).isEqualTo("uid-1");
        assertThat(manifests.job().getMetadata().getLabels())
                .containsAllEntriesOf(job.getTemplate().getMetadata().getLabels());
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyClaimIsOneVolumeAndEveryPathIsMountedOnce(AttemptManifests manifests) {
        PodSpec pod = pod(manifests);
        var mounts = pod.getContainers().getFirst().getVolumeMounts();
        assertThat(mounts).extracting(VolumeMount::getMountPath).doesNotHaveDuplicates();
        assertThat(mounts.stream().map(VolumeMount::getName).collect(Collectors.toSet()))
                .isEqualTo(pod.getVolumes().stream().map(Volume::getName).collect(Collectors.toSet()));
        assertThat(pod.getVolumes().stream()
                        .map(Volume::getPersistentVolumeClaim)
                        .filter(it -> it != null)
                        .map(it -> it.getClaimName()))
                .doesNotHaveDuplicates();
    }

    @Test
    void onlyTheWorkspaceAndTheDestinationAreWritable() {
        assertThat(writable(stage("training.yaml"))).isEqualTo(Set.of("/claims/lethe-workspace"));
        assertThat(writable(stage("merge.yaml"))).isEqualTo(Set.of("/claims/models"));
        assertThat(writable(publication())).isEqualTo(Set.of("/claims/lethe-workspace", "/claims/models"));
    }

    @Test
    void withoutAQueueAJobBeginsAtOnceAndWithoutAnEndpointThereIsNoToken() {
        var bare = manifests(stage("merge.yaml"), BARE);
        assertThat(bare.job().getSpec().getSuspend()).isNull();
        assertThat(bare.job().getMetadata().getLabels()).doesNotContainKey(Labels.QUEUE);
        assertThat(bare.stageFile().getData()).containsOnlyKeys("stage.json");
        assertThat(pod(bare).getVolumes()).extracting(Volume::getProjected).containsOnlyNulls();
        assertThat(pod(bare).getContainers().getFirst().getEnv())
                .extracting(EnvVar::getName)
                .containsExactly("HOME");
        assertThat(pod(bare).getContainers().getFirst().getArgs()).containsExactly("stage", "/etc/lethe/stage.json");
    }

    private static Set<String> writable(Resource<? extends StageSpec, ?> stage) {
        return pod(manifests(stage, BARE)).getContainers().getFirst().getVolumeMounts().stream()
                .filter(it -> !it.getReadOnly() && !it.getMountPath().equals("/tmp"))
                .map(VolumeMount::getMountPath)
                .filter(it -> it.startsWith("/claims/"))
                .collect(Collectors.toSet());
    }

    private static boolean permitted(Volume volume) {
        return Stream.of(
                                volume.getConfigMap(),
                                volume.getEmptyDir(),
                                volume.getPersistentVolumeClaim(),
                                volume.getProjected())
                        .filter(it -> it != null)
                        .count()
                == 1;
    }

    private static PodSpec pod(AttemptManifests manifests) {
        return manifests.job().getSpec().getTemplate().getSpec();
    }

    private static AttemptManifests manifests(Resource<? extends StageSpec, ?> stage, WorkerSettings settings) {
        return AttemptManifests.of(stage, ATTEMPT, FILES.of(stage, ATTEMPT), settings);
    }

    private static Resource<? extends StageSpec, ?> publication() {
        var spec = new ModelPublicationSpec(
                new Source("pvc://lethe-workspace/request-4711/stages/merge/output", "sha256:" + "0".repeat(64)),
                new Destination("pvc://models/olmo-1b-4711"),
                Verdict.Passed,
                null,
                null,
                new Workspace("lethe-workspace"),
                null,
                null,
                null,
                null,
                null);
        return identified(Resource.of(Kind.ModelPublication, stage("merge.yaml").metadata(), spec));
    }

    /** A manifest, as a cluster admits it and knows it. */
    private static Resource<? extends StageSpec, ?> stage(String file) {
        return identified(Manifest.parse(file, text(file)).getFirst());
    }

    private static Resource<? extends StageSpec, ?> identified(Resource<?, ?> resource) {
        var m = resource.metadata();
        var metadata = new dev.lethe.api.resource.Metadata(
                m.name(), "team-a", "uid-1", 1L, m.labels() == null ? Map.of() : m.labels(), null, null);
        return Resource.of(resource.kind(), metadata, (StageSpec) resource.spec());
    }

    private static String text(String file) {
        try (var stream = AttemptManifestsTest.class.getResourceAsStream(file)) {
            return stream == null ? "" : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
