package dev.lethe.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A public forge runs what README says, with no more rights than that needs. */
class WorkflowTest {
    private static final JsonNode WORKFLOW = Chart.yaml(Chart.HOME.resolve(".github/workflows/ci.yml"));

    @Test
    void itRunsTheTwoCommandsOfReadme() throws IOException {
        var readme = Files.readString(Chart.HOME.resolve("README.md"));
        var section = readme.substring(readme.indexOf("## Two commands"), readme.indexOf("## A job"));
        var commands = section.lines()
                .filter(line -> line.startsWith("    make "))
                .map(line -> line.replaceFirst("#.*", "").strip())
                .toList();
        assertThat(commands).hasSize(2);
        assertThat(steps().filter(step -> step.has("run"))
                        .map(step -> step.path("run").asText()))
                .containsExactlyElementsOf(commands);
    }

    @Test
    void itMayReadTheSourcesAndNothingElse() throws IOException {
        assertThat(WORKFLOW.path("permissions").toString()).isEqualTo("{\"contents\":\"read\"}");
        assertThat(WORKFLOW.path("jobs")).allSatisfy(job -> {
            assertThat(job.has("permissions")).isFalse();
            assertThat(job.path("timeout-minutes").asInt()).isPositive();
        });
        assertThat(Files.readString(Chart.HOME.resolve(".github/workflows/ci.yml")))
                .doesNotContain("secrets", "pull_request_target");
    }

    /** A tag may be another commit tomorrow. */
    @Test
    void itsActionsArePinnedByCommit() {
        assertThat(steps().filter(step -> step.has("uses"))
                        .map(step -> step.path("uses").asText()))
                .isNotEmpty()
                .allMatch(action -> action.matches("[\\w-]+/[\\w-]+@[0-9a-f]{40}"));
    }

    /** Where a node's image is named, no scenario in a cluster is skipped. */
    @Test
    void itsNodeIsTheOneThatIsTakenWithoutIt() throws IOException {
        var image = WORKFLOW.at("/jobs/test/env/LETHE_TEST_K8S_IMAGE").asText();
        assertThat(Files.readString(Chart.HOME.resolve("e2e/run")))
                .contains("node=${LETHE_TEST_K8S_IMAGE:-" + image + "}");
    }

    private static Stream<JsonNode> steps() {
        return Chart.elements(WORKFLOW.path("jobs")).flatMap(job -> Chart.elements(job.path("steps")));
    }
}
