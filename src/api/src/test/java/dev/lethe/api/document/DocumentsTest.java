package dev.lethe.api.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.api.resource.Destination;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.LoraSpec;
import dev.lethe.api.resource.ModelTrainingSpec;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.RowsSource;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.TrainingSettings;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.Progress;
import dev.lethe.api.status.StageResourceStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocumentsTest {
    private static final String JOB =
            """
            {"apiVersion": "lethe.dev/v1alpha1", "kind": "UnlearningJob",
             "metadata": {"name": "request-4711", "resourceVersion": "7", "creationTimestamp": "2026-01-01T00:00:00Z"},
             "spec": {
               "model": {"uri": "pvc://models/olmo-1b"},
               "forget": {"uri": "pvc://requests/4711/forget.jsonl"},
               "retain": {"uri": "pvc://requests/4711/retain.jsonl"},
               "workspace": {"persistentVolumeClaim": "lethe-workspace"},
               "output": {"uri": "pvc://models/olmo-1b-4711"},
               "compute": {"resources": {"limits": {"nvidia.com/gpu": 1, "memory": "16Gi"}}}},
             "status": {"observedGeneration": -1}}
            """;

    @TempDir
    Path folder;

    @Test
    void aJobIsReadByItsKind() throws Exception {
        var job = Documents.readJob(Files.writeString(folder.resolve("job.json"), JOB));
        assertThat(job.metadata().creationTimestamp()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(job.spec().forget().uri()).isEqualTo("pvc://requests/4711/forget.jsonl");
        assertThat(job.spec().execution().compute().resources().limits())
                .containsOnly(Map.entry("nvidia.com/gpu", "1"), Map.entry("memory", "16Gi"));
        assertThat(job.spec().specialists()).isNull();
        assertThat(job.status().conditions()).as("an absent list is empty").isEmpty();
    }

    @Test
    void aStageFileComesBackAsItWasWritten() {
        var spec = new ModelTrainingSpec(
                Source.of("file:/model"),
                null,
                RowsSource.of("file:/forget.jsonl"),
                RowsSource.of("file:/retain.jsonl"),
                null,
                null,
                null,
                null,
                new ObjectiveSpec("npo", Map.of("beta", 0.1)),
                TrainingSettings.ofBatchSize(1),
                "lora",
                new LoraSpec(8, 16.0, 0.0),
                new Destination("file:/out"),
                Execution.ABSENT);
        var stage = new StageFile(StageFile.API_VERSION, Kind.ModelTraining, "over", "over-1-abcdef01", spec, null);
        String json = Documents.json(stage);
        assertThat(Documents.parse("stage.json", json, StageFile.class)).isEqualTo(stage);
        assertThat(Documents.line(stage))
                .startsWith("{\"apiVersion\":\"stage.lethe.dev/v1alpha1\",\"kind\":\"ModelTraining\",\"name\":\"over\"")
                .doesNotContain("null");
    }

    @Test
    void aResultIsCanonical() {
        var result = new StageResult(
                "base",
                Kind.ModelEvaluation,
                Map.of("model", new StageResult.Input("file:m", "sha256:0", null)),
                new StageResult.Output("file:o", "sha256:1", "evaluation"),
                Map.of("s/b", new MetricValue(0.5, 60, null, null), "s/a", new MetricValue(1, 60, 0.9, 1.0)),
                Map.of(),
                null,
                null,
                Map.of(),
                Instant.EPOCH,
                Instant.EPOCH.plusMillis(1500),
                Map.of());
        assertThat(Documents.line(result))
                .contains("\"metrics\":{\"s/a\":{\"value\":1.0,\"n\":60,\"low\":0.9,\"high\":1.0},\"s/b\"")
                .contains("\"started\":\"1970-01-01T00:00:00Z\",\"finished\":\"1970-01-01T00:00:01.500Z\"");
        assertThat(Documents.parse("result.json", Documents.json(result), StageResult.class))
                .isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            "uri": "pvc://models/olmo-1b"}, | "uri": "u", "url": "pvc://models/olmo-1b"}, | job: spec.model.url: found an unknown field, expected one of digest, uri
            "model": {"uri": "pvc://models/olmo-1b"}, | "suspend": "yes", | job: spec.suspend: Cannot
            "model": {"uri": "pvc://models/olmo-1b"}, | "recipe": "r", | job: spec.model: found nothing, expected a value
            lethe.dev/v1alpha1 | lethe.dev/v9 | job: apiVersion: found lethe.dev/v9, expected lethe.dev/v1alpha1
            "spec": { | "spec": {"suspend": true, "suspend": true, | job: spec: Duplicate field 'suspend'
            "name": "request-4711" | "name": null | job: metadata.name:
            "spec" | spec | job: line 3, column 2: Unexpected character
            """,
            quoteCharacter = '`')
    void whatIsWrongIsNamedOnOneLine(String right, String wrong, String message) {
        assertThat(JOB).contains(right);
        assertThatThrownBy(() -> Documents.parse("job", JOB.replaceFirst(Pattern.quote(right), wrong), Resource.class))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void progressIsWrittenWithItsPercentageAndReadWithoutIt() {
        var progress = new Progress(45, 100, "steps", null, null, null, null, null, null);
        assertThat(Documents.line(progress)).contains("\"percent\":\"45%\"");
        assertThat(Documents.parse("progress", Documents.line(progress), Progress.class))
                .isEqualTo(progress);
        assertThat(new Progress(1, 0, "rows", null, null, null, null, null, null).percent())
                .isNull();
    }

    @Test
    void aStageStatusNeedsNothing() {
        assertThat(Documents.parse("status", "{}", StageResourceStatus.class).attempts())
                .isEmpty();
    }
}
