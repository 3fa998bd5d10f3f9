package dev.lethe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.e2e.cluster.Cluster;
import dev.lethe.e2e.cluster.Permissions;
import java.io.IOException;
import java.nio.file.Files;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What the operator was seen to ask for in all the other tests. Runs last. */
@Order(Integer.MAX_VALUE)
class PermissionsTest {
    @Test
    void theOperatorAsksForWhatItsListSaysAndNoMore() throws IOException {
        var list = Cluster.home().resolve("operator/src/test/resources/used-permissions.txt");
        var listed = Files.readAllLines(list).stream()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.toCollection(TreeSet::new));
        if (System.getenv("LETHE_TEST_KUEUE_CHART") == null) {
            listed.removeIf(line -> line.contains("kueue.x-k8s.io"));
        }

        // Every account may ask what it may, and the framework asks before it takes part in the election.
        listed.add("create selfsubjectrulesreviews.authorization.k8s.io");

        var used = Permissions.used(Cluster.shared().node().auditLog());

        assertThat(used.allowed()).as("requests in the audit log, and %s", list).isEqualTo(listed);
        assertThat(used.refused()).as("requests that the API server refused").isEmpty();
    }
}
