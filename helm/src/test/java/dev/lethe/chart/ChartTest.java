package dev.lethe.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Compute;
import dev.lethe.api.resource.Compute.ComputeResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the chart renders. */
class ChartTest {
    static final List<String> KINDS = List.of(
            "modelevaluations",
            "modelmerges",
            "modelpreparations",
            "modelpublications",
            "modeltrainings",
            "unlearningjobs");

    static List<Path> modes() {
        return Chart.modes();
    }

    @Test
    void isOfThisVersionAndPassesHelmsLint() {
        var chart = Chart.yaml(Chart.FOLDER.resolve("Chart.yaml"));
        assertThat(chart.path("version").asText())
                .isEqualTo(chart.path("appVersion").asText())
                .isEqualTo(System.getProperty("lethe.version"));
        assertThat(new Helm(Chart.FOLDER).lint().call().getMessages()).noneMatch(it -> it.contains("[ERROR]"));
    }

    @Test
    void bringsTheKindsOfTheSourcesAndKeepsThem() throws IOException {
        var rendered = Chart.of(Chart.render("{}"), "CustomResourceDefinition").toList();
        assertThat(rendered).hasSameSizeAs(KINDS);
        for (var crd : rendered) {
            var plural = crd.at("/spec/names/plural").asText();
            var source = Chart.HOME.resolve("crds/" + plural + ".yaml");
            assertThat(Chart.FOLDER.resolve("files/crds/" + plural + ".yaml"))
                    .as("make crds writes it")
                    .hasSameTextualContentAs(source);
            assertThat(crd.at("/metadata/annotations/helm.sh~1resource-policy").asText())
                    .isEqualTo("keep");
            ((ObjectNode) crd.get("metadata")).retain("name");
            assertThat(crd).isEqualTo(Chart.yaml(source));
        }
        assertThat(Chart.of(Chart.render("crds: {install: false}"), "CustomResourceDefinition"))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("modes")
    void podsAreRestricted(Path values) {
        var pods = Chart.render(values).stream()
                .filter(it -> it.at("/spec/template/spec").isObject())
                .toList();
        assertThat(pods).isNotEmpty().allSatisfy(object -> {
            var pod = object.at("/spec/template/spec");
            assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
            assertThat(pod.at("/securityContext/runAsUser").asInt()).isPositive();
            assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
            assertThat(pod.path("volumes")).allMatch(it -> it.has("emptyDir") || it.has("secret"));
            assertThat(pod.has("hostNetwork") || pod.has("hostPID") || pod.has("hostIPC"))
                    .isFalse();
            assertThat(pod.path("containers")).isNotEmpty().allSatisfy(container -> {
                var context = container.path("securityContext");
                assertThat(context.path("allowPrivilegeEscalation").asBoolean(true))
                        .isFalse();
                assertThat(context.path("readOnlyRootFilesystem").asBoolean()).isTrue();
                assertThat(Chart.texts(context.at("/capabilities/drop"))).containsExactly("ALL");
                assertThat(container.at("/resources/limits/memory").asText()).isNotEmpty();
            });
        });
    }

    @ParameterizedTest
    @MethodSource("modes")
    void everyObjectHasItsLabelsAndSelectorsHaveNoVersion(Path values) {
        assertThat(Chart.render(values))
                .allSatisfy(it -> assertThat(it.at("/metadata/labels").properties())
                        .extracting(Map.Entry::getKey)
                        .contains("app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/version"));
        var deployment =
                Chart.of(Chart.render(values), "Deployment").findFirst().orElseThrow();
        assertThat(deployment.at("/spec/selector/matchLabels").toString()).doesNotContain("version", "chart");
    }

    @Test
    void aSchemaKnowsEveryValueAndRefusesOthers() {
        var schema = Chart.yaml(Chart.FOLDER.resolve("values.schema.json"));
        known("", Chart.yaml(Chart.FOLDER.resolve("values.yaml")), schema);
        Stream.of(
                        "replicaCount: 3",
                        "replicas: 0",
                        "kueue: perhaps",
                        "worker: {resources: {limits: {memory: lots}}}",
                        "worker: {scratchLimit: lots}",
                        "worker: {ttlSecondsAfterFinished: -1}",
                        "leaderElection: {enabled: false}",
                        "watchNamespaces: a")
                .forEach(wrong ->
                        assertThatThrownBy(() -> Chart.render(wrong)).as(wrong).hasMessageContaining("schema"));
        assertThat(Chart.render("{leaderElection: {enabled: false}, replicas: 1}"))
                .isNotEmpty();
    }

    /** The operator reads them by the record that a job's are read by. */
    @Test
    void workersHaveResourcesAndABoundedScratch() {
        assertThat(resources("{}"))
                .isEqualTo(new ComputeResources(
                        Map.of("cpu", "4", "memory", "32Gi"), Map.of("cpu", "1", "memory", "2Gi")));
        assertThat(resources("worker: {resources: {limits: {cpu: null, memory: 17179869184}, requests: null}}"))
                .isEqualTo(new ComputeResources(Map.of("memory", "17179869184"), null));
        assertThat(environment("{}")).containsEntry("LETHE_WORKER_SCRATCH_LIMIT", "1Gi");
        assertThat(environment("worker: {resources: null, scratchLimit: ''}"))
                .doesNotContainKeys("LETHE_WORKER_RESOURCES", "LETHE_WORKER_SCRATCH_LIMIT");
    }

    @Test
    void stagesOnGpusHaveAnImageOfTheirOwnWhereOneIsNamed() {
        assertThat(environment("{}"))
                .doesNotContainKey("LETHE_WORKER_GPU_IMAGE")
                .containsEntry("LETHE_WORKER_GPU_TOLERATE_TAINT", "true")
                .containsEntry("LETHE_WORKER_GPU_SHARED_MEMORY", "1Gi");
        assertThat(
                        environment(
                                """
                                worker:
                                  image: {cuda: {repository: registry.example.org/lethe-worker-cuda, tag: "13"}}
                                  gpu: {tolerateTaint: false, sharedMemory: ''}
                                """))
                .containsEntry("LETHE_WORKER_GPU_IMAGE", "registry.example.org/lethe-worker-cuda:13")
                .containsEntry("LETHE_WORKER_GPU_TOLERATE_TAINT", "false")
                .doesNotContainKey("LETHE_WORKER_GPU_SHARED_MEMORY");
    }

    /** The operator reads it by the record that a job's is read by. */
    @Test
    void workersHaveLabelsNodesAndUsersByValuesAndLeaveUsersToThePlatform() {
        assertThat(compute("{}"))
                .isEqualTo(
                        parsed(
                                """
                                {"nodeSelector": {"kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux"},
                                 "securityContext": {"runAsUser": 65532, "runAsGroup": 65532, "fsGroup": 65532}}"""));
        assertThat(
                        compute(
                                """
                                worker:
                                  podLabels: {cost-center: a1}
                                  podAnnotations: {sidecar.istio.io/inject: "false"}
                                  nodeSelector: {kubernetes.io/arch: arm64}
                                  tolerations: [{key: gpu, operator: Exists}]
                                  podSecurityContext: {runAsUser: 1000670000, runAsGroup: null, fsGroup: null}
                                  sameNode: true"""))
                .isEqualTo(
                        parsed(
                                """
                                {"labels": {"cost-center": "a1"}, "annotations": {"sidecar.istio.io/inject": "false"},
                                 "nodeSelector": {"kubernetes.io/arch": "arm64", "kubernetes.io/os": "linux"},
                                 "tolerations": [{"key": "gpu", "operator": "Exists"}],
                                 "securityContext": {"runAsUser": 1000670000}, "sameNode": true}"""));
        var left = "{podSecurityContext: null, worker: {podSecurityContext: null}}";
        assertThat(compute(left).securityContext()).isNull();
        var pod = Chart.of(Chart.render(left), "Deployment").findFirst().orElseThrow();
        assertThat(pod.at("/spec/template/spec/securityContext").has("runAsUser"))
                .isFalse();
    }

    private static Compute compute(String values) {
        return parsed(environment(values).get("LETHE_WORKER_COMPUTE"));
    }

    private static Compute parsed(String json) {
        return Documents.parse("values", json, Compute.class);
    }

    @Test
    void logsAreJsonOnDemandOfTheOperatorAndOfItsWorkers() {
        assertThat(environment("logging: {json: true}"))
                .containsEntry("QUARKUS_LOG_CONSOLE_JSON_ENABLED", "true")
                .containsEntry("LETHE_WORKER_LOG_FORMAT", "json");
        assertThat(environment("{}")).doesNotContainKey("LETHE_WORKER_LOG_FORMAT");
    }

    @Test
    void finishedPodsAreKeptForAWhileAndForEverWhereNothingSaysHowLong() {
        var variable = "LETHE_WORKER_TTL_SECONDS_AFTER_FINISHED";
        assertThat(environment("{}")).containsEntry(variable, "259200");
        assertThat(environment("worker: {ttlSecondsAfterFinished: 0}")).containsEntry(variable, "0");
        assertThat(environment("worker: {ttlSecondsAfterFinished: 31536000}")).containsEntry(variable, "31536000");
        assertThat(environment("worker: {ttlSecondsAfterFinished: null}")).doesNotContainKey(variable);
        assertThat(environment("worker: {ttlSecondsAfterFinished: ''}")).doesNotContainKey(variable);
    }

    private static ComputeResources resources(String values) {
        return Documents.parse("values", environment(values).get("LETHE_WORKER_RESOURCES"), ComputeResources.class);
    }

    /** What the operator is told. */
    private static Map<String, String> environment(String values) {
        var deployment =
                Chart.of(Chart.render(values), "Deployment").findFirst().orElseThrow();
        return Chart.elements(deployment.at("/spec/template/spec/containers/0/env"))
                .collect(Collectors.toMap(
                        it -> it.path("name").asText(), it -> it.path("value").asText()));
    }

    /** Whatever is said of DNS: an egress rule without peers would let everything out. */
    @Test
    void aWorkerReachesTheOperatorAndTheClustersDnsAlone() {
        assertThat(egress("{}")).containsExactly("kube-system k8s-app=kube-dns 53", "lethe-system operator 8443");
        assertThat(egress("{to: [{ipBlock: {cidr: 169.254.20.10/32}}], port: 5353}"))
                .containsExactly("169.254.20.10/32 5353", "lethe-system operator 8443");
        for (String none : new String[] {"{to: []}", "{to: null}"}) {
            assertThat(egress(none)).containsExactly("lethe-system operator 8443");
        }
        assertThatThrownBy(() -> egress("{to: [{}]}")).hasMessageContaining("schema");
    }

    /** Who workers may reach, and at which port; a rule that names nobody is everybody. */
    private static List<String> egress(String dns) {
        var values = "networkPolicy: {worker: {namespaces: [team-a], dns: %s}}".formatted(dns);
        var policy = Chart.of(Chart.render(values), "NetworkPolicy")
                .filter(it -> it.at("/metadata/namespace").asText().equals("team-a"))
                .findFirst()
                .orElseThrow();
        assertThat(Chart.texts(policy.at("/spec/policyTypes"))).contains("Egress", "Ingress");
        assertThat(policy.at("/spec/ingress").isMissingNode()).isTrue();
        return Chart.elements(policy.at("/spec/egress"))
                .map(rule -> peers(rule) + " " + rule.at("/ports/0/port").asText())
                .toList();
    }

    private static String peers(JsonNode rule) {
        return Chart.elements(rule.path("to"))
                .map(peer -> peer.has("ipBlock")
                        ? peer.at("/ipBlock/cidr").asText()
                        : peer.at("/namespaceSelector/matchLabels/kubernetes.io~1metadata.name")
                                        .asText()
                                + " "
                                + selected(peer.at("/podSelector/matchLabels")))
                .reduce((a, b) -> a + ", " + b)
                .orElse("everybody");
    }

    private static String selected(JsonNode labels) {
        return labels.has("k8s-app")
                ? "k8s-app=" + labels.path("k8s-app").asText()
                : labels.path("app.kubernetes.io/component").asText();
    }

    private static void known(String path, JsonNode values, JsonNode schema) {
        values.properties().forEach(it -> {
            var inner = schema.at("/properties/" + it.getKey());
            assertThat(inner.isMissingNode()).as(path + "/" + it.getKey()).isFalse();
            if (it.getValue().isObject() && inner.has("properties")) {
                known(path + "/" + it.getKey(), it.getValue(), inner);
            }
        });
    }

    /** As GitOps tools render it again and again: what differs would never be in sync. */
    @ParameterizedTest
    @MethodSource("modes")
    void isTheSameEachTimeAndHoldsNoKey(Path values) {
        assertThat(Chart.text(values)).isEqualTo(Chart.text(values));
        assertThat(Chart.of(Chart.render(values), "Secret")).isEmpty();
    }

    @Test
    void theOperatorMakesItsCertificateUnlessThereIsOne() {
        assertThat(environment("{}"))
                .containsEntry("LETHE_PROGRESS_URL", "https://lethe-operator.lethe-system.svc")
                .containsEntry("LETHE_PROGRESS_SECRET_NAME", "lethe-operator-tls")
                .containsEntry("LETHE_PROGRESS_SECRET_NAMESPACE", "lethe-system")
                .containsEntry("LETHE_PROGRESS_SECRET_VALIDITY_DAYS", "3650");
        assertThat(environment("tls: {existingSecret: progress}"))
                .containsEntry("LETHE_PROGRESS_SECRET_NAME", "progress")
                .doesNotContainKey("LETHE_PROGRESS_SECRET_VALIDITY_DAYS");
    }

    @Test
    void monitoringIsThereOnDemand() throws IOException {
        var dashboard = Chart.of(Chart.render(Chart.mode("monitoring")), "ConfigMap")
                .findFirst()
                .orElseThrow();
        assertThat(new ObjectMapper()
                        .readTree(dashboard.at("/data/lethe.json").asText())
                        .path("panels"))
                .isNotEmpty();
        assertThat(Chart.of(Chart.render(Chart.mode("monitoring")), "ServiceMonitor"))
                .hasSize(1);
        assertThat(Chart.of(Chart.render("{}"), "ServiceMonitor")).isEmpty();
    }

    /** {@code make manifests}. */
    @Test
    void isWrittenForKustomize() throws IOException {
        var folder = Files.createDirectories(Chart.HOME.resolve("target/manifests"));
        var manifests = Chart.text(Chart.file("{}"));
        Files.writeString(folder.resolve("lethe.yaml"), manifests);
        Files.writeString(
                folder.resolve("namespace.yaml"),
                """
                apiVersion: v1
                kind: Namespace
                metadata:
                  name: lethe-system
                  labels: {pod-security.kubernetes.io/enforce: restricted}
                """);
        Files.writeString(
                folder.resolve("kustomization.yaml"),
                """
                # The chart, rendered.
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                resources: [namespace.yaml, lethe.yaml]
                """);
    }
}
