package dev.lethe.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The operator may do what it does, and nothing else. */
class ChartPermissionsTest {
    private static final Set<String> CLUSTER =
            Set.of("create tokenreviews.authentication.k8s.io", "get customresourcedefinitions.apiextensions.k8s.io");

    static List<Path> modes() {
        return Chart.modes();
    }

    @ParameterizedTest
    @MethodSource("modes")
    void areThoseThatItUses(Path values) throws IOException {
        var used = Files.readAllLines(Chart.HOME.resolve("operator/src/test/resources/used-permissions.txt")).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
        assertThat(used).isSorted().doesNotHaveDuplicates();
        assertThat(permissions(operators(values))).containsExactlyElementsOf(used);
    }

    @Test
    void areOfTheNamespacesAloneWhereTheseAreNamed() {
        var roles = operators(Chart.mode("namespaced"));
        var cluster =
                roles.stream().filter(it -> kind(it).equals("ClusterRole")).toList();
        assertThat(permissions(cluster)).containsExactlyElementsOf(new TreeSet<>(CLUSTER));
        assertThat(roles.stream().filter(it -> kind(it).equals("Role")).map(it -> it.at("/metadata/namespace")
                        .asText()))
                .containsExactlyInAnyOrder("team-a", "team-b", Chart.NAMESPACE, Chart.NAMESPACE);
        var bindings =
                Chart.of(Chart.render(Chart.mode("namespaced")), "RoleBinding").toList();
        assertThat(bindings)
                .hasSize(4)
                .allMatch(it -> it.at("/subjects/0/namespace").asText().equals(Chart.NAMESPACE));
    }

    @ParameterizedTest
    @MethodSource("modes")
    void knowNoWildcardAndNoSecretButTheOperatorsCertificate(Path values) {
        var roles = Chart.render(values);
        assertThat(permissions(roles)).noneMatch(it -> it.contains("*"));
        var secrets = roles.stream()
                .filter(it -> permissions(List.of(it)).stream().anyMatch(may -> may.contains("secrets")))
                .toList();
        assertThat(secrets).singleElement().satisfies(it -> assertThat(
                        it.at("/metadata/namespace").asText())
                .isEqualTo(Chart.NAMESPACE));
        assertThat(Chart.elements(secrets.getFirst().path("rules")))
                .extracting(it -> it.at("/verbs").toString() + it.path("resourceNames"))
                .containsExactly("[\"get\"][\"lethe-operator-tls\"]", "[\"create\"]");
        assertThat(permissions(Chart.render("tls: {existingSecret: mine}"))).doesNotContain("create secrets");
    }

    /** The roles that are bound, and these are the operator's. */
    private static List<JsonNode> operators(Path values) {
        var objects = Chart.render(values);
        var bound = objects.stream()
                .filter(it -> kind(it).endsWith("RoleBinding"))
                .map(it -> it.at("/roleRef/kind").asText() + " "
                        + it.at("/roleRef/name").asText())
                .toList();
        return objects.stream()
                .filter(it ->
                        bound.contains(kind(it) + " " + it.at("/metadata/name").asText()))
                .toList();
    }

    /** Roles of people; RBAC knows no fields, so who may create a publication may declare its verdict. */
    @ParameterizedTest
    @CsvSource({
        "view, 'get list watch'",
        "edit, ''",
        "admin, ''",
        "publisher, 'create delete deletecollection get list patch update watch'",
    })
    void nobodyPublishesWhoWasNotMadeAPublisher(String role, String verbs) {
        var rules = users(role, "{}");
        assertThat(permissions(rules))
                .filteredOn(it -> it.endsWith(" modelpublications.lethe.dev"))
                .extracting(it -> it.replaceFirst(" .*", ""))
                .isEqualTo(verbs.isEmpty() ? List.of() : List.of(verbs.split(" ", -1)));
        assertThat(users(role, "rbac: {aggregateRoles: false}")).hasSize(role.equals("publisher") ? 1 : 0);
        assertThat(users(role, "rbac: {create: false}")).isEmpty();
        assertThat(rules)
                .hasSize(1)
                .allMatch(it -> it.at("/metadata/labels").toString().contains("aggregate-to-" + role)
                        != role.equals("publisher"));
    }

    @Test
    void whoMayEditMayChangeEveryOtherKind() {
        assertThat(permissions(users("edit", "{}")).stream()
                        .filter(it -> it.startsWith("create "))
                        .map(it -> it.replaceFirst("create (.*)\\.lethe\\.dev", "$1")))
                .containsExactly("modelevaluations", "modelmerges", "modeltrainings", "unlearningjobs");
    }

    private static List<JsonNode> users(String role, String values) {
        return Chart.of(Chart.render(values), "ClusterRole")
                .filter(it -> it.at("/metadata/name").asText().endsWith("." + role))
                .toList();
    }

    private static String kind(JsonNode object) {
        return object.path("kind").asText();
    }

    /** {@code VERB RESOURCE.GROUP[/SUBRESOURCE]}, sorted. */
    private static Set<String> permissions(Collection<JsonNode> roles) {
        var permissions = new TreeSet<String>();
        roles.forEach(role -> role.path("rules").forEach(rule -> Chart.texts(rule.path("verbs"))
                .flatMap(verb -> resources(rule).map(resource -> verb + " " + resource))
                .forEach(permissions::add)));
        return permissions;
    }

    private static Stream<String> resources(JsonNode rule) {
        var group = rule.at("/apiGroups/0").asText();
        var suffix = group.isEmpty() ? "" : "." + group;
        return Chart.texts(rule.path("resources")).map(resource -> {
            var parts = resource.split("/", 2);
            return parts[0] + suffix + (parts.length == 1 ? "" : "/" + parts[1]);
        });
    }
}
