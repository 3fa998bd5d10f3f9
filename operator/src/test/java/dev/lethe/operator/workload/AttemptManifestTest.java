package dev.lethe.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Compute;
import dev.lethe.api.resource.Destination;
import dev.lethe.api.resource.EvaluationSettings;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.MergeSettings;
import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.RowsSource;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.Workspace;
import dev.lethe.api.schema.Manifest;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Verdict;
import dev.lethe.planner.StageLabels;
import dev.lethe.planner.stage.Mounts;
import dev.lethe.planner.stage.StageFiles;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AttemptManifestTest {
    private static final WorkerSettings SETTINGS = new WorkerSettings(
            "docker.io/lethe/lethe-worker:0.1.0",
            new GpuSettings("lethe-worker-cuda:0.1.0", List.of(GpuSettings.TAINT), Quantity.parse("2Gi")),
            "IfNotPresent",
            List.of("operators-own"),
            Documents.parse(
                    "chart",
                    """
                    {"labels": {"cost-center": "a0", "team": "x"}, "annotations": {"policy": "removal"},
                     "nodeSelector": {"kubernetes.io/arch": "amd64", "pool": "any"},
                     "tolerations": [{"key": "removal", "operator": "Exists"}],
                     "securityContext": {"runAsUser": 65532, "runAsGroup": 65532, "fsGroup": 65532}}""",
                    Compute.class),
            "json",
            WorkerResources.parse(
                    "chart",
                    """
                    {"requests": {"cpu": "1", "memory": "2Gi"}, "limits": {"cpu": "4", "memory": "16Gi"}}"""),
            Quantity.parse("1Gi"),
            null,
            Labels.release("lethe-system", "lethe-operator"),
            "https://lethe-operator.lethe-system.svc",
            new CertificateAuthority("-----BEGIN CERTIFICATE-----\n"));

    private static final WorkerSettings BARE = new WorkerSettings(
            "worker:1",
            GpuSettings.NONE,
            "Never",
            List.of(),
            Compute.ABSENT,
            null,
            WorkerResources.NONE,
            null,
            null,
            "ours",
            null,
            null);

    private static final Attempt ATTEMPT = new Attempt(
            "request-4711-train-over-2-0a1b2c3d", 2, Attempt.State.Planned, null, null, null, true, null, null);

    private static final StageFiles FILES = new StageFiles(Mounts.claims("/claims"));

    /** Everything that a user can say, and what comes of it. */
    @Test
    void everyFieldOfComputeReachesThePod() {
        var job = manifest(stage("training.yaml"), SETTINGS);
        assertThat(Serialization.asYaml(withoutAnnotations(job))).isEqualTo(text("training-job.yaml"));
        var told = annotations(job);
        assertThat(told)
                .containsOnlyKeys(Annotations.STAGE_FILE, Annotations.PROGRESS_CA, "policy", "sidecar.istio.io/inject");
        assertThat(Documents.parse("stage.json", told.get(Annotations.STAGE_FILE), StageFile.class)
                        .attempt())
                .isEqualTo(ATTEMPT.name());
    }

    static Stream<Job> all() {
        return Stream.of(stage("training.yaml"), stage("merge.yaml"), publication())
                .flatMap(it -> Stream.of(manifest(it, SETTINGS), manifest(it, BARE)));
    }

    /** The controls of Pod Security <em>restricted</em>, in the order of their documentation, and stricter ones. */
    @ParameterizedTest
    @MethodSource("all")
    void everyPodIsRestricted(Job job) {
        PodSpec pod = pod(job);
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
        assertThat(pod.getSecurityContext()).extracting(it -> it.getRunAsUser()).isNotEqualTo(0L);
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
    void everyJobIsOnePodOnce(Job job) {
        var spec = job.getSpec();
        assertThat(List.of(spec.getParallelism(), spec.getCompletions(), spec.getBackoffLimit()))
                .containsExactly(1, 1, 0);
        assertThat(spec.getPodReplacementPolicy()).isEqualTo("Failed");
        assertThat(pod(job).getRestartPolicy()).isEqualTo("Never");
        assertThat(spec.getTtlSecondsAfterFinished()).isNull();
        assertThat(spec.getPodFailurePolicy().getRules())
                .allMatch(it -> it.getAction().equals("FailJob"));
        var owner = job.getMetadata().getOwnerReferences().getFirst();
        assertThat(owner.getController()).isTrue();
        assertThat(owner.getUid()).isEqualTo("uid-1");
        var own = new TreeMap<>(job.getMetadata().getLabels());
        own.keySet().removeAll(Set.of(Labels.RELEASE, Labels.QUEUE, Labels.WORKLOAD_PRIORITY));
        assertThat(spec.getTemplate().getMetadata().getLabels()).containsAllEntriesOf(own);
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyClaimIsOneVolumeAndEveryPathIsMountedOnce(Job job) {
        PodSpec pod = pod(job);
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

    /** What is only read is read-only at the claim: else {@code fsGroup} changes owner and mode of every file in it. */
    @ParameterizedTest
    @CsvSource({
        "training.yaml, '', '', cache lethe-workspace",
        // Where a stage reads from the claim that it writes to, that claim is one volume.
        "training.yaml, pvc://models/olmo-1b, pvc://lethe-workspace/olmo-1b, cache lethe-workspace",
        "merge.yaml, '', '', models",
        "merge.yaml, pvc://adapters/under, pvc://models/under, models",
        // Who mounts a claim again may write to it where the mount says so, in whatever order.
        "training.yaml, 'Claim: models, readOnly: true', 'Claim: models', cache lethe-workspace models",
        "training.yaml, 'Claim: cache', 'Claim: cache, readOnly: true', lethe-workspace",
        "training.yaml, 'configMap: settings', 'persistentVolumeClaim: cache, readOnly: true', cache lethe-workspace",
    })
    void claimsThatNothingWritesToAreReadOnlyVolumes(String file, String from, String to, String writable) {
        var changed = from.isEmpty() ? text(file) : text(file).replace(from, to);
        var pod = pod(manifest(identified(Manifest.parse(file, changed).getFirst()), BARE));
        assertThat(pod.getVolumes().stream()
                        .map(Volume::getPersistentVolumeClaim)
                        .filter(it -> it != null && !it.getReadOnly())
                        .map(it -> it.getClaimName())
                        .sorted()
                        .collect(Collectors.joining(" ")))
                .isEqualTo(writable);
        var readOnly = pod.getVolumes().stream()
                .filter(it -> it.getPersistentVolumeClaim() != null
                        && it.getPersistentVolumeClaim().getReadOnly())
                .map(Volume::getName)
                .toList();
        assertThat(pod.getContainers().getFirst().getVolumeMounts())
                .filteredOn(it -> readOnly.contains(it.getName()))
                .allMatch(VolumeMount::getReadOnly);
    }

    /** What a job does not name, in requests or limits, is the operator's; what it names is left as it says. */
    @ParameterizedTest
    @CsvSource({
        "'', {cpu=1; memory=2Gi}, {cpu=4; memory=16Gi}, 1Gi",
        "'limits: {nvidia.com/gpu: 1}', {cpu=1; memory=2Gi}, {cpu=4; memory=16Gi; nvidia.com/gpu=1}, 1Gi",
        "'limits: {memory: 1Gi}', {cpu=1}, {cpu=4; memory=1Gi}, 1Gi",
        "'requests: {cpu: 8, memory: 64Gi}', {cpu=8; memory=64Gi}, {}, 1Gi",
        "'limits: {ephemeral-storage: 50Gi}', {cpu=1; memory=2Gi}, {cpu=4; ephemeral-storage=50Gi; memory=16Gi}, 50Gi",
    })
    void everyPodHasResourcesAndABoundedScratch(String said, String requests, String limits, String scratch) {
        var pod = pod(manifest(merge(said.isEmpty() ? "" : "resources: {%s}".formatted(said)), SETTINGS));
        var resources = pod.getContainers().getFirst().getResources();
        assertThat(resources.getRequests()).hasToString(requests.replace(';', ','));
        assertThat(resources.getLimits()).hasToString(limits.replace(';', ','));
        assertThat(pod.getVolumes())
                .filteredOn(it -> it.getName().equals("scratch"))
                .allMatch(it -> it.getEmptyDir().getSizeLimit().equals(Quantity.parse(scratch)))
                .hasSize(1);
    }

    /** A GPU of NVIDIA's, or a part of one, brings the image that has CUDA, passes the taint and has shared memory. */
    @ParameterizedTest
    @CsvSource({
        "'limits: {nvidia.com/gpu: 1}', true",
        "'limits: {nvidia.com/mig-1g.10gb: 1}', true",
        "'limits: {nvidia.com/gpu.shared: 1}', true",
        "'requests: {nvidia.com/gpu: 1}', true",
        "'limits: {nvidia.com/gpu: 0}', false",
        "'limits: {amd.com/gpu: 1}', false",
        "'limits: {cpu: 8}', false",
    })
    void whoAsksForAGpuGetsTheImageForIt(String said, boolean gpu) {
        var stage = merge("resources: {%s}".formatted(said));
        var pod = pod(manifest(stage, SETTINGS));
        var plain = pod(manifest(stage, BARE));
        assertThat(pod.getContainers().getFirst().getImage())
                .isEqualTo(gpu ? SETTINGS.gpu().image() : SETTINGS.image());
        assertThat(pod.getTolerations())
                .extracting(Toleration::getKey)
                .isEqualTo(gpu ? List.of("removal", "nvidia.com/gpu") : List.of("removal"));
        assertThat(pod.getVolumes())
                .filteredOn(it -> it.getName().equals("shared-memory"))
                .hasSize(gpu ? 1 : 0)
                .allMatch(it -> it.getEmptyDir().equals(new EmptyDirVolumeSource("Memory", Quantity.parse("2Gi"))));
        assertThat(plain.getContainers().getFirst().getImage()).isEqualTo(BARE.image());
        assertThat(plain.getTolerations()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"limits\": {\"memory\": \"lots\"}} | chart: limits: memory: found lots, expected a quantity, such as 500m or 16Gi",
                "{\"limits\": {\"cpu\": \"1\"}, \"requests\": {\"cpu\": \"1500m\"}}"
                        + " | chart: requests: cpu: found 1500m, expected no more than the limit, which is 1",
            })
    void defaultsThatNoPodCanHaveAreRefused(String resources, String message) {
        assertThatThrownBy(() -> WorkerResources.parse("chart", resources)).hasMessage(message);
    }

    /** A stage, its Jobs and its pods bear the same labels with the same meaning; an older operator's pods are known by theirs. */
    @Test
    void aLabelMeansTheSameEverywhere() {
        var stage = stage("training.yaml");
        var labels = manifest(stage, BARE).getSpec().getTemplate().getMetadata().getLabels();
        assertThat(labels).containsAllEntriesOf(stage.metadata().labels());
        assertThat(Labels.stageName(labels)).hasValue(stage.name());
        assertThat(Labels.stageName(Map.of("lethe.dev/stage", stage.name()))).hasValue(stage.name());
        assertThat(Labels.stageName(null)).isEmpty();
        assertThat(manifest(stage("merge.yaml"), BARE).getMetadata().getLabels())
                .doesNotContainKeys(StageLabels.JOB, StageLabels.STAGE);
    }

    @ParameterizedTest
    @CsvSource({
        "'', '65532 65532 65532'",
        "'securityContext: {runAsUser: 1000670000}', '1000670000 null null'",
        "'securityContext: {}', 'null null null'",
    })
    void userAndGroupsAreTheJobsTheChartsOrThePlatforms(String said, String expected) {
        var context = pod(manifest(merge(said), SETTINGS)).getSecurityContext();
        assertThat(context.getRunAsUser() + " " + context.getRunAsGroup() + " " + context.getFsGroup())
                .isEqualTo(expected);
    }

    /** A claim of access mode ReadWriteOnce is mounted on one node: whoever writes to the same one runs there. */
    @Test
    void podsOfAWorkspaceRunOnOneNodeWhereThatIsAskedFor() {
        var together =
                manifest(inWorkspace("lethe-workspace", true), BARE).getSpec().getTemplate();
        var term = together.getSpec()
                .getAffinity()
                .getPodAffinity()
                .getRequiredDuringSchedulingIgnoredDuringExecution()
                .getFirst();
        assertThat(term.getTopologyKey()).isEqualTo("kubernetes.io/hostname");
        assertThat(together.getMetadata().getLabels())
                .containsAllEntriesOf(term.getLabelSelector().getMatchLabels())
                .containsEntry(Labels.WORKSPACE, "lethe-workspace");
        assertThat(pod(manifest(inWorkspace("lethe-workspace", false), BARE)).getAffinity())
                .isNull();
        var labels = manifest(inWorkspace("a".repeat(200), true), BARE)
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getLabels();
        assertThat(labels.get(Labels.WORKSPACE)).hasSizeLessThanOrEqualTo(63);
    }

    private static Resource<? extends StageSpec, ?> inWorkspace(String claim, boolean sameNode) {
        var more = "  workspace: {persistentVolumeClaim: %s}\n  compute: {sameNode: %s}\n".formatted(claim, sameNode);
        return identified(
                Manifest.parse("merge.yaml", text("merge.yaml") + more).getFirst());
    }

    private static Resource<? extends StageSpec, ?> merge(String compute) {
        var more = compute.isEmpty() ? "" : "  compute: {%s}\n".formatted(compute);
        return identified(
                Manifest.parse("merge.yaml", text("merge.yaml") + more).getFirst());
    }

    @Test
    void withoutAQueueAJobBeginsAtOnceAndWithoutAnEndpointThereIsNoToken() {
        var bare = manifest(stage("merge.yaml"), BARE);
        assertThat(bare.getSpec().getSuspend()).isNull();
        assertThat(bare.getMetadata().getLabels()).doesNotContainKey(Labels.QUEUE);
        assertThat(annotations(bare)).containsOnlyKeys(Annotations.STAGE_FILE);
        assertThat(pod(bare).getVolumes()).extracting(Volume::getProjected).containsOnlyNulls();
        assertThat(pod(bare).getContainers().getFirst().getEnv())
                .extracting(EnvVar::getName)
                .containsExactly("HOME");
        assertThat(pod(bare).getContainers().getFirst().getArgs()).containsExactly("stage", "/etc/lethe/stage.json");
    }

    private static Set<String> writable(Resource<? extends StageSpec, ?> stage) {
        return pod(manifest(stage, BARE)).getContainers().getFirst().getVolumeMounts().stream()
                .filter(it -> !it.getReadOnly() && !it.getMountPath().equals("/tmp"))
                .map(VolumeMount::getMountPath)
                .filter(it -> it.startsWith("/claims/"))
                .collect(Collectors.toSet());
    }

    private static boolean permitted(Volume volume) {
        return Stream.of(
                                volume.getConfigMap(),
                                volume.getDownwardAPI(),
                                volume.getEmptyDir(),
                                volume.getPersistentVolumeClaim(),
                                volume.getProjected())
                        .filter(it -> it != null)
                        .count()
                == 1;
    }

    private static Job withoutAnnotations(Job job) {
        return job.edit()
                .editSpec()
                .editTemplate()
                .editMetadata()
                .withAnnotations(null)
                .endMetadata()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static Map<String, String> annotations(Job job) {
        return job.getSpec().getTemplate().getMetadata().getAnnotations();
    }

    private static PodSpec pod(Job job) {
        return job.getSpec().getTemplate().getSpec();
    }

    private static Job manifest(Resource<? extends StageSpec, ?> stage, WorkerSettings settings) {
        return AttemptManifest.of(stage, ATTEMPT, FILES.of(stage, ATTEMPT), settings);
    }

    /** It checks that the destination may be written to, long before the publication does. */
    @Test
    void aPreparationMayWriteWhereTheModelIsToStand() {
        var spec = new ModelPreparationSpec(
                Source.of("pvc://models/olmo-1b"),
                RowsSource.of("pvc://requests/forget.jsonl"),
                RowsSource.of("pvc://requests/retain.jsonl"),
                null,
                null,
                List.of(),
                new MergeSettings(null, null, null, null, null, null, null),
                new EvaluationSettings(null, null, null),
                new Destination("pvc://published/olmo-1b-4711"),
                new Destination("pvc://lethe-workspace/request/uid/stages/prepare/output"),
                new Execution(new Workspace("lethe-workspace"), null, null, null, null, null, null));
        var stage = identified(
                Resource.of(Kind.ModelPreparation, stage("merge.yaml").metadata(), spec));
        var readOnly = manifest(stage, SETTINGS).getSpec().getTemplate().getSpec().getVolumes().stream()
                .map(Volume::getPersistentVolumeClaim)
                .filter(Objects::nonNull)
                .collect(Collectors.toMap(it -> it.getClaimName(), it -> it.getReadOnly()));
        assertThat(readOnly)
                .isEqualTo(Map.of("models", true, "requests", true, "published", false, "lethe-workspace", false));
    }

    private static Resource<? extends StageSpec, ?> publication() {
        var spec = new ModelPublicationSpec(
                new Source("pvc://lethe-workspace/request-4711/stages/merge/output", "sha256:" + "0".repeat(64)),
                new Destination("pvc://models/olmo-1b-4711"),
                Verdict.Passed,
                null,
                null,
                new Execution(new Workspace("lethe-workspace"), null, null, null, null, null, null));
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
        try (var stream = AttemptManifestTest.class.getResourceAsStream(file)) {
            return stream == null ? "" : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
