package dev.lethe.worker.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.resource.Destination;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.RowsSource;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.stage.StageResult.Input;
import dev.lethe.api.stage.StageResult.Output;
import dev.lethe.worker.report.MembershipLosses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationReportTest {
    /** Figures are of systems, so a job's name before that of its stage must not hide one. */
    @Test
    void theSystemIsTheSameInTableAndFigure(@TempDir Path folder) throws IOException {
        Files.writeString(
                Files.createDirectory(folder.resolve("semeval2025")).resolve("documents.jsonl"),
                "{\"id\":\"member 1\",\"nll\":4.0}\n{\"id\":\"non-member 1\",\"nll\":5.5}\n");
        var result = new StageResult(
                "eval-merge",
                Kind.ModelEvaluation,
                Map.of("model", new Input("file:/m", "sha256:0", null)),
                new Output("file:/e", "sha256:1", "evaluation"),
                Map.of(),
                Map.of(),
                null,
                null,
                Map.of(),
                null,
                null,
                Map.of());
        var spec = new ModelEvaluationSpec(
                Source.of("file:/m"),
                null,
                RowsSource.of("file:/f"),
                RowsSource.of("file:/r"),
                null,
                List.of(SuiteSpec.of("semeval2025")),
                null,
                null,
                null,
                new Destination("file:/e"),
                Execution.ABSENT);
        var file = new StageFile(
                StageFile.API_VERSION,
                Kind.ModelEvaluation,
                "request-4711-eval-merge",
                "request-4711-eval-merge-1",
                spec,
                null);
        var report = EvaluationReport.of(file, result, Map.of(), folder);
        assertThat(report.result().systems()).containsOnlyKeys("merge");
        assertThat(report.membership()).containsExactly(new MembershipLosses("merge", List.of(4.0), List.of(5.5)));
    }
}
