package dev.lethe.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.resource.Retry;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.stage.StageResult.Input;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.ModelReference;
import dev.lethe.api.status.Verdict;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RunResultsTest {
    private final World world = new World(World.spec(new Retry(3), null));
    private final Layout layout = Layout.local(Path.of("/work"));

    @Test
    void composesTheEvidenceOfARunInOneDocument() {
        world.measurements.put(
                "eval-over", Map.of("semeval2025/forget-knowledge", 0.0, "semeval2025/forget-knowledge/Task2", 0.5));
        for (int i = 0; i < 7; i++) {
            world.settle();
            world.succeedAll();
        }
        world.settle();
        var results = new TreeMap<String, StageResult>();
        world.results.forEach((name, result) -> results.put(name.substring("j-".length()), result));
        results.remove("eval-under");

        var run = RunResults.compose(world.job, world.job.status(), layout, results);
        assertThat(run.job()).isEqualTo("j");
        assertThat(run.verdict()).isEqualTo(Verdict.Passed);
        assertThat(run.gates()).hasSize(2);
        assertThat(run.stages()).hasSize(9);
        assertThat(run.inputs())
                .containsOnlyKeys("model", "forget", "retain")
                .containsEntry("model", new Input("file:base", "sha256:model", null));
        assertThat(run.published()).isEqualTo(new ModelReference("file:out", "sha256:j-publish"));
        assertThat(run.systems()).containsOnlyKeys("base", "over", "under", "merge");
        assertThat(run.systems().get("base").model()).isEqualTo(new ModelReference("file:base", "sha256:model"));
        assertThat(run.systems().get("merge").model())
                .isEqualTo(new ModelReference(layout.output(world.job, "merge"), "sha256:j-merge"));
        assertThat(run.systems().get("over").model().digest()).isEqualTo("sha256:j-train-over");
        assertThat(run.systems().get("over").metrics())
                .containsEntry("semeval2025/forget-knowledge/Task2", new MetricValue(0.5, 60, null, null));
        assertThat(run.systems().get("under").metrics()).containsKey("semeval2025/forget-knowledge");
        assertThat(world.job.status().results().get("over")).containsOnlyKeys("semeval2025/forget-knowledge");
    }

    @Test
    void everyRoundsMergeIsThere() {
        world.rounds(2);
        world.measurements.put(
                "eval-merge", Map.of("semeval2025/forget-knowledge", 0.5, "semeval2025/retain-knowledge", 0.9));
        for (int i = 0; i < 9; i++) {
            world.settle();
            world.succeedAll();
        }
        world.settle();
        var run = RunResults.compose(world.job, world.job.status(), layout, Map.of());
        assertThat(run.systems()).containsOnlyKeys("base", "over", "under", "merge", "merge-r2");
        assertThat(run.systems().get("merge-r2").model())
                .isEqualTo(new ModelReference(layout.output(world.job, "merge-r2"), "sha256:j-merge-r2"));
        assertThat(run.gates()).allMatch(gate -> gate.verdict() == Verdict.Passed);
    }

    @Test
    void aRunThatMeasuredNothingIsInconclusive() {
        world.settle();
        var run = RunResults.compose(world.job, world.job.status(), layout, Map.of());
        assertThat(run.verdict()).isEqualTo(Verdict.Inconclusive);
        assertThat(run.systems()).isEmpty();
    }
}
