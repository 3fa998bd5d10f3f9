package dev.lethe.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Releases beside one another share nothing: neither in one namespace, nor in the cluster, nor where both look for jobs. */
class ReleasesTest {
    private static final String LONGEST = "a".repeat(52);

    /** Names that are alike: prefixes of one another, cut where they differ, joined to the same text. */
    private static final List<Release> RELEASES = List.of(
            new Release("lethe", "lethe-system"),
            new Release("lethe-b", "lethe-system"),
            new Release(LONGEST + "b", "lethe-system"),
            new Release(LONGEST + "c", "lethe-system"),
            new Release("lethe", "a-b"),
            new Release("b", "a"),
            new Release("b-a", "a"));

    private static final String EVERYTHING =
            """
            crds: {install: false}
            networkPolicy: {worker: {namespaces: [team]}}
            metrics: {serviceMonitor: {enabled: true}, dashboard: {enabled: true}}
            """;

    record Release(String name, String namespace) {
        List<JsonNode> objects(Path values) {
            return Chart.documents(Chart.text(name, namespace, values));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"watchNamespaces: []", "watchNamespaces: [team]"})
    void everyObjectHasANameOfItsOwn(String scope) {
        var values = Chart.file(EVERYTHING + scope + "\n");
        var names = new ArrayList<String>();
        for (Release release : RELEASES) {
            release.objects(values)
                    .forEach(it -> names.add("%s %s/%s"
                            .formatted(
                                    it.path("kind").asText(),
                                    it.at("/metadata/namespace").asText(),
                                    it.at("/metadata/name").asText())));
        }
        assertThat(names).doesNotHaveDuplicates().hasSizeGreaterThan(10 * RELEASES.size());
        assertThat(names).allMatch(it -> it.replaceFirst(".*/", "").length() <= 253);
    }

    @Test
    void everyReleaseHasALeaseThatNoOtherMayTouch() {
        var values = Chart.file(EVERYTHING);
        var leases = RELEASES.stream()
                .map(release -> {
                    var objects = release.objects(values);
                    var lease = environment(objects, "LETHE_LEADER_ELECTION_NAME");
                    var rules = Chart.of(objects, "Role")
                            .flatMap(role -> Chart.elements(role.path("rules")))
                            .filter(rule -> rule.path("resources").toString().contains("leases"))
                            .toList();
                    assertThat(rules)
                            .allMatch(rule -> rule.path("verbs").toString().equals("[\"create\"]")
                                    || rule.path("resourceNames").toString().equals("[\"" + lease + "\"]"));
                    return environment(objects, "LETHE_LEADER_ELECTION_NAMESPACE") + "/" + lease;
                })
                .toList();
        assertThat(leases).doesNotHaveDuplicates().noneMatch(it -> it.endsWith("/"));
    }

    /** A Service, a budget or a policy that selected another release's pods would send them its traffic. */
    @Test
    void selectorsSelectTheReleasesOwnPodsAlone() {
        var values = Chart.file(EVERYTHING);
        for (Release release : RELEASES) {
            assertThat(release.objects(values))
                    .allSatisfy(object -> assertThat(selectors(object)).allSatisfy(it -> assertThat(
                                    it.path("app.kubernetes.io/instance").asText())
                            .isEqualTo(release.name)));
        }
    }

    /** The labels by which an object selects operators' pods. */
    private static Stream<JsonNode> selectors(JsonNode object) {
        return Stream.concat(
                        object.findValues("matchLabels").stream(),
                        object.path("kind").asText().equals("Service")
                                ? Stream.of(object.at("/spec/selector"))
                                : Stream.empty())
                .filter(it -> it.path("app.kubernetes.io/component").asText().equals("operator"));
    }

    private static String environment(List<JsonNode> objects, String name) {
        return Chart.of(objects, "Deployment")
                .flatMap(it -> Chart.elements(it.at("/spec/template/spec/containers/0/env")))
                .filter(it -> it.path("name").asText().equals(name))
                .map(it -> it.path("value").asText())
                .findFirst()
                .orElse("");
    }
}
