package dev.lethe.planner.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.api.resource.Destination;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.LoraSpec;
import dev.lethe.api.resource.MergeInput;
import dev.lethe.api.resource.MergeOutput;
import dev.lethe.api.resource.MergeSearch;
import dev.lethe.api.resource.Metadata;
import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.resource.ModelPublicationSpec.Evidence;
import dev.lethe.api.resource.ModelTrainingSpec;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.Retry;
import dev.lethe.api.resource.RowColumns;
import dev.lethe.api.resource.RowsSource;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.api.resource.TrainingSettings;
import dev.lethe.api.resource.Workspace;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Verdict;
import dev.lethe.planner.recipe.InvalidSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class StageFilesTest {
    private static final RowColumns COLUMNS = new RowColumns("frage", "antwort", null, "nr", null, null);
    private static final StageFiles FILES = new StageFiles(Mounts.claims("/claims"));
    private static final Attempt ATTEMPT =
            new Attempt("s-1-00000000", 1, Attempt.State.Planned, null, null, null, true, null, null);
    private static final Workspace WORKSPACE = new Workspace("w");
    private static final Retry RETRY = new Retry(5);

    /** What a user writes, and what the worker reads. */
    static Stream<Arguments> specs() {
        return Stream.of(
                Arguments.of(
                        Kind.ModelTraining,
                        training("pvc://c/", ObjectiveSpec.of("npo"), null, null, RETRY),
                        training(
                                "file:/claims/c/",
                                new ObjectiveSpec(
                                        "npo",
                                        Map.of(
                                                "beta",
                                                0.1,
                                                "reduction",
                                                "batch-token-mean",
                                                "tokens",
                                                "answer",
                                                "klMask",
                                                "all",
                                                "weights",
                                                Map.of("forget", 0.4, "retain", 0.2, "kl", 0.4, "decouple", 0.0))),
                                new TrainingSettings(
                                        5, 1, 4, 1.0e-4, 0.01, 1.0, 256, 0.0, "fixed", false, "auto", "auto", 42L, null,
                                        null),
                                new LoraSpec(32, 32.0, 0.05),
                                null)),
                Arguments.of(
                        Kind.ModelMerge,
                        merge("pvc://c/", null, null, null, null, null, null, RETRY),
                        merge("file:/claims/c/", 1.0, "ties", "peft", 0.8, "total", "adapter", null)),
                Arguments.of(
                        Kind.ModelMerge,
                        merge("pvc://c/", 0.5, "linear", null, null, null, "model", RETRY),
                        merge("file:/claims/c/", 0.5, "linear", "peft", null, null, "model", null)),
                Arguments.of(
                        Kind.ModelMerge,
                        // As an API server gives it back, with the defaults of the schema.
                        searched("pvc://c/", null, "ties", "peft", new MergeSearch(4, null, null, null, null, null)),
                        searched(
                                "file:/claims/c/",
                                1.0,
                                null,
                                "peft",
                                new MergeSearch(
                                        4, List.of("ties", "linear", "cat"), List.of(0.6, 0.8, 1.0), 0.5, 0.25, 0.95))),
                Arguments.of(
                        Kind.ModelEvaluation,
                        evaluation("pvc://c/", null, null, RETRY),
                        evaluation("file:/claims/c/", 256, 16, null)),
                Arguments.of(
                        Kind.ModelPublication, publication("pvc://c/", RETRY), publication("file:/claims/c/", null)));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void aWorkerReadsMountedPathsAndNeedsNoDefaults(Kind kind, StageSpec written, StageSpec read) {
        var stage = Resource.<StageSpec, Object>of(kind, Metadata.named("s"), written);
        assertThat(FILES.of(stage, ATTEMPT))
                .isEqualTo(new StageFile("stage.lethe.dev/v1alpha1", kind, "s", "s-1-00000000", read, null));
    }

    @ParameterizedTest
    @CsvSource({"file:a/b, file:/m/a/b", "file:/a, file:/a", "file:///a/b, file:/a/b", "file:../a, file:/a"})
    void localFilesStandBesideTheManifest(String uri, String path) {
        assertThat(Mounts.local(Path.of("/m")).path(uri)).isEqualTo(path);
    }

    @Test
    void refusesWhatIsNotMounted() {
        assertThatThrownBy(() -> Mounts.claims("/claims").path("hf://owner/model"))
                .isInstanceOf(InvalidSpec.class)
                .hasMessage(
                        "spec: found hf://owner/model, expected a pvc://CLAIM/PATH URI, as a cluster neither fetches nor publishes elsewhere; ./lethe fetch brings files into a folder");
        assertThatThrownBy(() -> Mounts.claims("/claims").path("file:a"))
                .hasMessage("spec: found file:a, expected a pvc://CLAIM/PATH URI");
        assertThatThrownBy(() -> Mounts.claims("/claims").path("pvc://c/../other"))
                .hasMessage("spec: found pvc://c/../other, expected a path without '..'");
        assertThatThrownBy(() -> Mounts.local(Path.of("/m")).path("pvc://c/x")).isInstanceOf(InvalidSpec.class);
    }

    @Test
    void whatWasFetchedIsWhereItWasFetchedTo() {
        var mounts = Mounts.local(Path.of("/m"), Map.of("s3://bucket/a", Path.of("/cache/a")));
        assertThat(mounts.path("s3://bucket/a")).isEqualTo("file:/cache/a");
        assertThat(mounts.path("file:b")).isEqualTo("file:/m/b");
        assertThatThrownBy(() -> mounts.path("s3://bucket/b"))
                .hasMessage("spec: found s3://bucket/b, expected a file: URI, as it was not fetched");
    }

    private static StageSpec training(
            String at, ObjectiveSpec objective, TrainingSettings training, LoraSpec lora, Retry retry) {
        return new ModelTrainingSpec(
                Source.of(at + "model"),
                Source.of(at + "adapter"),
                new RowsSource(at + "forget", null, COLUMNS),
                RowsSource.of(at + "retain"),
                null,
                null,
                training == null ? null : "none",
                objective,
                training,
                training == null ? null : "lora",
                lora,
                new Destination(at + "out"),
                new Execution(retry == null ? null : WORKSPACE, null, retry, null, null, null, null));
    }

    private static StageSpec merge(
            String at,
            Double weight,
            String method,
            String semantics,
            Double density,
            String sign,
            String form,
            Retry retry) {
        return new ModelMergeSpec(
                Source.of(at + "base"),
                List.of(MergeInput.of("over", at + "over", "sha256:1", weight)),
                method,
                semantics,
                density,
                sign,
                null,
                new MergeOutput(at + "out", form),
                new Execution(null, null, retry, null, null, null, null));
    }

    private static StageSpec searched(String at, Double weight, String method, String semantics, MergeSearch search) {
        return new ModelMergeSpec(
                Source.of(at + "base"),
                List.of(MergeInput.of("over", at + "over", null, weight)),
                method,
                semantics,
                null,
                null,
                null,
                search,
                new RowsSource(at + "forget", null, COLUMNS),
                RowsSource.of(at + "retain"),
                method == null ? "none" : null,
                Source.of(at + "never"),
                new MergeOutput(at + "out", "model"),
                Execution.ABSENT);
    }

    private static StageSpec evaluation(String at, Integer tokens, Integer batch, Retry retry) {
        return new ModelEvaluationSpec(
                Source.of(at + "model"),
                Source.of(at + "adapter"),
                new RowsSource(at + "forget", null, COLUMNS),
                RowsSource.of(at + "retain"),
                tokens == null ? null : "none",
                List.of(suite(at, tokens, batch)),
                null,
                Source.of(at + "baseline"),
                null,
                new Destination(at + "out"),
                new Execution(null, null, retry, null, null, null, null));
    }

    private static SuiteSpec suite(String at, Integer tokens, Integer batch) {
        var settings = new TreeMap<String, Object>(Map.of("members", Source.of(at + "members")));
        if (tokens != null) {
            settings.put("maxNewTokens", tokens);
        }
        if (batch != null) {
            settings.put("batchSize", batch);
        }
        return new SuiteSpec("semeval2025", settings);
    }

    private static StageSpec publication(String at, Retry retry) {
        return new ModelPublicationSpec(
                new Source(at + "model", "sha256:2"),
                new Destination(at + "out"),
                Verdict.Passed,
                List.of(),
                List.of(new Evidence("merge", Kind.ModelMerge, at + "merge", "sha256:2", "sha256:3")),
                new Execution(null, null, retry, null, null, null, null));
    }
}
