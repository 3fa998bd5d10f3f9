package dev.lethe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.e2e.cluster.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * What the operator was seen to ask for in all the other tests, the four stage kinds taken as one: one controller reconciles
 * them all. Runs last.
 */
@Order(Integer.MAX_VALUE)
class PermissionsTest {
    private static final Path LIST = Cluster.home().resolve("operator/src/test/resources/used-permissions.txt");

    /** Before it takes part in an election, the framework asks whether its account may do so; every account may ask that. */
    private static final String REVIEW = "create selfsubjectrulesreviews.authorization.k8s.io";

    /** The framework insists on it before an election, and then patches. */
    private static final String INSISTED_ON = "update leases.coordination.k8s.io";

    @Test
    void theOperatorAsksForWhatItsListSaysAndNoMore() throws IOException {
        var used = Cluster.shared().permissions();
        assertThat(used.refused())
                .filteredOn(refusal -> !refusal.namespace().equals(ScopeTest.GONE))
                .as("requests that the API server refused")
                .isEmpty();

        var allowed = used.allowed();
        allowed.remove(REVIEW);
        assertThat(ofOneStageKind(allowed))
                .as("requests in the audit log, and %s", LIST)
                .isEqualTo(ofOneStageKind(listed()));
        assertThat(allowed).isSubsetOf(listed());
    }

    private static Set<String> listed() throws IOException {
        var kueue = System.getenv("LETHE_TEST_KUEUE_CHART") != null;
        return Files.readAllLines(LIST).stream()
                .filter(line -> !line.startsWith("#") && !line.equals(INSISTED_ON))
                .filter(line -> kueue || !line.contains("kueue.x-k8s.io"))
                .collect(Collectors.toSet());
    }

    private static Set<String> ofOneStageKind(Set<String> permissions) {
        return permissions.stream()
                .map(permission -> permission.replaceFirst(" model\\w+\\.lethe", " stages.lethe"))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
