package dev.lethe.worker.publication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Destination;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.MergeInput;
import dev.lethe.api.resource.MergeOutput;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.resource.Source;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.stage.StageResult.Input;
import dev.lethe.api.stage.StageResult.Output;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.Verdict;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.digest.Digest;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.SafetensorsWriter;
import dev.lethe.merge.safetensors.TensorInfo;
import dev.lethe.worker.StopSignal;
import dev.lethe.worker.stage.StageContext;
import dev.lethe.worker.stage.Worker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublicationTest {
    private static final String FORGET = "sha256:" + "f".repeat(64);
    private static final String METRIC = "semeval2025/forget-knowledge";
    private static final GateResult MET = new GateResult(METRIC, "max", 0.1, 0.05, Verdict.Passed, null, null, null);

    @TempDir
    Path folder;

    private String digest;

    @BeforeEach
    void aMergedAndMeasuredModel() throws IOException {
        digest = merged(folder);
        measured(folder, digest, 0.05);
    }

    @Test
    void copiesTheModelWithItsCardAndEvidence() throws IOException {
        var published = publish(spec(folder, digest, Verdict.Passed));

        Path target = folder.resolve("published");
        assertThat(published.result().output().digest()).isEqualTo(digest);
        assertThat(published.result().counts()).containsEntry("files", 2.0);
        assertThat(target)
                .isDirectoryContaining("glob:**/model.safetensors")
                .isDirectoryContaining("glob:**/config.json")
                .isDirectoryNotContaining("glob:**/seal");
        assertThat(Payload.of(target).digest()).isEqualTo(digest);
        assertThat(Files.readString(target.resolve("README.md")))
                .startsWith(
                        "---\nlibrary_name: transformers\npipeline_tag: text-generation\nbase_model: olmo-1b\ntags:")
                .contains("# published", "60 rows, known here by their digest alone: `" + FORGET + "`")
                .contains("| **this model** | – | 0.050 (0.010–0.090) | – |")
                .contains("| " + METRIC + " | 0.050 | at most 0.100 |")
                .contains("\"method\":\"ties\",\"semantics\":\"peft\",\"density\":0.8")
                .contains("It must print `" + digest + "`", "do not prove");
        assertThat(Files.readString(target.resolve("lethe-evidence.json")))
                .contains(digest, FORGET, "\"model.safetensors\"")
                .doesNotContain(folder.toString(), "2026", "file:");
        String report = Files.readString(target.resolve("report.html"));
        assertThat(report.substring(report.indexOf("<body>"), report.indexOf("<script>")))
                .contains("published", "Every gate was met.", "0.050", digest, FORGET, "method: ties")
                .doesNotContain(folder.toString(), "2026", "file:", "id=\"stages\"");
    }

    @Test
    void theSameModelIsTheSameBytesAnywhereAndAtAnyTime(@TempDir Path elsewhere) throws IOException {
        publish(spec(folder, digest, Verdict.Passed));
        merged(elsewhere);
        measured(elsewhere, digest, 0.05);
        publish(spec(elsewhere, digest, Verdict.Passed));

        assertThat(Digest.ofFolder(elsewhere.resolve("published")))
                .isEqualTo(Digest.ofFolder(folder.resolve("published")));
    }

    @Test
    void refusesAnythingButPassed() {
        GateResult open = new GateResult(METRIC, "max", 0.1, null, Verdict.Inconclusive, null, null, null);
        refused(spec(folder, digest, Verdict.Failed), "publication: verdict: found Failed, expected Passed");
        refused(
                spec(folder, digest, Verdict.Inconclusive),
                "publication: verdict: found Inconclusive, expected Passed");
        refused(spec(folder, digest, Verdict.Passed, open), "gate on " + METRIC + " by the evidence: found 0.05");
        GateResult above = new GateResult(METRIC, "max", 0.04, 0.05, Verdict.Passed, null, null, null);
        refused(spec(folder, digest, Verdict.Passed, above), "gate on " + METRIC + ": found Failed, expected Passed");
        GateResult relative = new GateResult(METRIC, "maxOfBase", 0.1, 0.05, Verdict.Passed, null, 0.1, null);
        refused(spec(folder, digest, Verdict.Passed, relative), "found Inconclusive, expected Passed");
    }

    @Test
    void refusesAModelThatIsNotTheOneMeasured() throws IOException {
        refused(spec(folder, FORGET, Verdict.Passed), "found " + digest + ", expected " + FORGET);
        assertThatThrownBy(() -> publish(spec(folder, null, Verdict.Passed)))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("model.digest: found nothing");

        measured(folder, FORGET, 0.05);
        refused(spec(folder, digest, Verdict.Passed), "evidence: found no evaluation of " + digest);
        measured(folder, digest, 0.09);
        refused(spec(folder, digest, Verdict.Passed), "gate on " + METRIC + " by the evidence: found 0.09");
    }

    /** The gates refused the merge of the first round: it is evidence, and the other is the model. */
    @Test
    void theMergeOfTheLastRoundIsThisModel() throws IOException {
        var last = spec(folder, digest, Verdict.Passed);
        Path before = folder.resolve("before");
        String refused = "sha256:" + "1".repeat(64);
        measured(before, refused, 0.5);
        Path merge = Files.createDirectories(before.resolve("merge"));
        Files.writeString(merge.resolve("model.safetensors"), "another model");
        result(merge, Kind.ModelMerge, Payload.of(merge).digest(), Map.of(), Map.of());
        var evidence = List.of(
                evidence(before, "merge", Kind.ModelMerge),
                evidence(before, "eval-merge", Kind.ModelEvaluation),
                named("merge-r2", last.evidence().getFirst()),
                named("eval-merge-r2", last.evidence().getLast()));
        publish(with(last, Verdict.Passed, last.gates(), evidence));
        assertThat(Files.readString(folder.resolve("published/README.md")))
                .containsSubsequence("| merge | – | 0.500 (", "| **this model** | – | 0.050 (");
        assertThat(folder.resolve("published/report.html")).content().contains("What counts is <code>merge-r2</code>");
    }

    private static ModelPublicationSpec.Evidence named(String stage, ModelPublicationSpec.Evidence evidence) {
        return new ModelPublicationSpec.Evidence(
                stage, evidence.kind(), evidence.uri(), evidence.digest(), evidence.result());
    }

    @Test
    void refusesAnInputThatChangedWhileTheJobRan() throws IOException {
        result(
                folder.resolve("merge"),
                Kind.ModelMerge,
                digest,
                Map.of("forget", new Input(uri(folder, "forget.jsonl"), digest, 60L)),
                Map.of());
        refused(
                spec(folder, digest, Verdict.Passed),
                "forget of stage eval-merge, " + uri(folder, "forget.jsonl") + ": found " + FORGET + ", expected "
                        + digest + ", as stage merge read");
    }

    @Test
    void refusesEvidenceThatWasChanged() throws IOException {
        Files.writeString(folder.resolve("eval-merge/extra"), "");
        refused(spec(folder, digest, Verdict.Passed), "eval-merge: digest: found");
    }

    @Test
    void refusesPickle() throws IOException {
        Files.delete(folder.resolve("merge/model.safetensors"));
        Files.writeString(folder.resolve("merge/pytorch_model.bin"), "");
        String pickle = Payload.of(folder.resolve("merge")).digest();
        refused(spec(folder, pickle, Verdict.Passed), "pytorch_model.bin");
    }

    /** What lies beside a model counts in no digest and is not published. */
    @Test
    void foreignFilesStayBehind() throws IOException {
        for (String name : List.of("pytorch_model.bin", "modeling_olmo.py", "notes.txt", "optimizer.pt")) {
            Files.createSymbolicLink(folder.resolve("merge").resolve(name), folder.resolve("merge/config.json"));
        }
        publish(spec(folder, digest, Verdict.Passed));
        assertThat(Digest.files(folder.resolve("published")))
                .containsExactlyInAnyOrder(
                        "config.json",
                        "model.safetensors",
                        "README.md",
                        "lethe-evidence.json",
                        "report.html",
                        "result.json");

        Files.writeString(folder.resolve("published/modeling_olmo.py"), "");
        assertThatThrownBy(() -> publish(spec(folder, digest, Verdict.Passed)))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("found an existing path");
    }

    @Test
    void refusesLinksThatLeadOutAndAdaptersBesideTheModel() throws IOException {
        Path model = folder.resolve("merge");
        Path rows = Files.writeString(folder.resolve("forget.jsonl"), "a secret");
        Path link = Files.createSymbolicLink(model.resolve("tokenizer_config.json"), rows);
        String linked = Payload.of(model).digest();
        republished(linked, "tokenizer_config.json: file: found a link that leads out");
        Files.delete(link);
        Files.writeString(model.resolve("adapter_config.json"), "{}");
        republished(Payload.of(model).digest(), "adapter_config.json: found an adapter beside the model");
    }

    private void republished(String changed, String message) throws IOException {
        result(folder.resolve("merge"), Kind.ModelMerge, changed, Map.of(), Map.of());
        measured(folder, changed, 0.05);
        refused(spec(folder, changed, Verdict.Passed), message);
    }

    @Test
    void neverOverwritesButFindsItsOwnWorkDone() throws IOException {
        var published = publish(spec(folder, digest, Verdict.Passed));
        assertThat(publish(spec(folder, digest, Verdict.Passed))).isEqualTo(published);
        assertThat(folder).isDirectoryNotContaining("glob:**/.published.*");

        Files.writeString(folder.resolve("published/README.md"), "mine");
        assertThatThrownBy(() -> publish(spec(folder, digest, Verdict.Passed)))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("found an existing path");
        assertThat(folder.resolve("published/README.md")).hasContent("mine");
    }

    @Test
    void saysWhatCannotBeWritten() throws IOException {
        Path blocked = Files.createDirectory(folder.resolve("half"));
        Files.createDirectory(blocked.resolve("config.json"));
        var publication = Publication.of(spec(folder, digest, Verdict.Passed), PublicationTest::path, "m");
        assertThatThrownBy(() -> publication.write(blocked)).isInstanceOf(UncheckedIOException.class);

        Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> publish(spec(folder, digest, Verdict.Passed, "file/published", MET)))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("cannot be written");
    }

    @Test
    void anAccountThatWasChangedSinceItsStageEndedIsNotBelieved() throws IOException {
        var spec = spec(folder, digest, Verdict.Passed);
        Path account = folder.resolve("eval-merge/result.json");
        Files.writeString(account, Files.readString(account).replace("\"n\" : 30", "\"n\" : 3000"));
        refused(spec, "eval-merge/result.json: digest: found sha256:");
    }

    @Test
    void withoutGatesOrEvidenceNothingHasPassed() {
        var all = spec(folder, digest, Verdict.Passed);
        for (var spec : List.of(
                with(all, Verdict.Passed, null, all.evidence()),
                with(all, Verdict.Passed, List.of(), all.evidence()),
                with(all, Verdict.Passed, all.gates(), null),
                with(all, Verdict.Passed, all.gates(), List.of()),
                with(all, Verdict.Declared, all.gates(), all.evidence()))) {
            assertThatThrownBy(() -> publish(spec))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("publication: ");
        }
        assertThat(folder.resolve("published")).doesNotExist();
    }

    @Test
    void whatIsDeclaredSaysThatNothingWasMeasured() throws IOException {
        var published = publish(with(spec(folder, digest, Verdict.Passed), Verdict.Declared, null, null));
        assertThat(published.result().verdict()).isEqualTo(Verdict.Declared);
        assertThat(folder.resolve("published/README.md"))
                .content()
                .contains("**Declared, not measured.**")
                .doesNotContain("every gate was met");
        assertThat(folder.resolve("published/lethe-evidence.json")).content().contains("\"Declared\"");
        assertThat(folder.resolve("published/report.html")).doesNotExist();
    }

    private static ModelPublicationSpec with(
            ModelPublicationSpec spec,
            Verdict verdict,
            @Nullable List<GateResult> gates,
            @Nullable List<ModelPublicationSpec.Evidence> evidence) {
        return new ModelPublicationSpec(spec.model(), spec.output(), verdict, gates, evidence, Execution.ABSENT);
    }

    /** As a pod does it. */
    private static ResultFile publish(ModelPublicationSpec spec) {
        return Worker.run(
                new StageFile(
                        StageFile.API_VERSION, Kind.ModelPublication, "publish", "publish-1", spec, "0".repeat(64)),
                StageContext.standalone(new StopSignal(), progress -> {}));
    }

    private static Path path(String uri) {
        return Path.of(uri.substring("file:".length()));
    }

    private void refused(ModelPublicationSpec spec, String message) {
        assertThatThrownBy(() -> publish(spec)).isInstanceOf(RefusedInput.class).hasMessageContaining(message);
        assertThat(folder.resolve("published")).doesNotExist();
    }

    private static ModelPublicationSpec spec(Path root, @Nullable String digest, Verdict verdict) {
        return spec(root, digest, verdict, MET);
    }

    private static ModelPublicationSpec spec(Path root, @Nullable String digest, Verdict verdict, GateResult gate) {
        return spec(root, digest, verdict, "published", gate);
    }

    private static ModelPublicationSpec spec(
            Path root, @Nullable String digest, Verdict verdict, String output, GateResult gate) {
        return new ModelPublicationSpec(
                new Source(uri(root, "merge"), digest),
                new Destination(uri(root, output)),
                verdict,
                List.of(gate),
                List.of(evidence(root, "merge", Kind.ModelMerge), evidence(root, "eval-merge", Kind.ModelEvaluation)),
                Execution.ABSENT);
    }

    /** As the stage's status has it: its result, and no digest where the test is about another. */
    private static ModelPublicationSpec.Evidence evidence(Path root, String stage, Kind kind) {
        Path result = root.resolve(stage).resolve("result.json");
        return new ModelPublicationSpec.Evidence(stage, kind, uri(root, stage), null, Digest.ofFile(result));
    }

    private static String uri(Path root, String name) {
        return "file:" + root.resolve(name);
    }

    /** A merge's output, as a stage leaves it; returns its digest. */
    private static String merged(Path root) throws IOException {
        Path model = Files.createDirectories(root.resolve("merge"));
        try (SafetensorsWriter weights = SafetensorsWriter.create(
                model.resolve("model.safetensors"), Map.of("w", TensorInfo.of(Dtype.F32, 2)), Map.of("format", "pt"))) {
            weights.write("w", MemorySegment.ofArray(new byte[] {0, 0, -128, 63, 0, 0, 0, 64}));
            weights.commit();
        }
        Files.writeString(model.resolve("config.json"), "{}");
        String digest = Payload.of(model).digest();
        var spec = new ModelMergeSpec(
                Source.of("file:/models/olmo-1b"),
                List.of(MergeInput.of("over", uri(root, "over"), null, 1.0)),
                "ties",
                "peft",
                0.8,
                "total",
                null,
                new MergeOutput(uri(root, "merge"), "model"),
                Execution.ABSENT);
        Files.writeString(
                model.resolve("stage.json"),
                Documents.json(new StageFile(StageFile.API_VERSION, Kind.ModelMerge, "merge", "merge-1", spec, null)));
        result(
                model,
                Kind.ModelMerge,
                digest,
                Map.of("base", new Input("file:/models/olmo-1b", FORGET, null)),
                Map.of());
        return digest;
    }

    private static void measured(Path root, String model, double forgetKnowledge) throws IOException {
        Path evaluation = Files.createDirectories(root.resolve("eval-merge"));
        Files.writeString(evaluation.resolve("journal"), "");
        result(
                evaluation,
                Kind.ModelEvaluation,
                Payload.of(evaluation).digest(),
                Map.of(
                        "model", new Input(uri(root, "merge"), model, null),
                        "forget", new Input(uri(root, "forget.jsonl"), FORGET, 60L)),
                Map.of(METRIC, new MetricValue(forgetKnowledge, 30, 0.01, 0.09)));
    }

    private static void result(
            Path output, Kind kind, String digest, Map<String, Input> inputs, Map<String, MetricValue> metrics)
            throws IOException {
        Instant now = Instant.parse("2026-03-02T14:00:00Z").plusMillis(output.hashCode());
        StageResult result = new StageResult(
                output.getFileName().toString(),
                kind,
                inputs,
                new Output("file:" + output, digest, "model"),
                metrics,
                Map.of(),
                null,
                null,
                Map.of("tokensPerSecond", (double) output.hashCode()),
                now,
                now,
                Map.of("lethe", "0.1.0", "spec", output.toString()));
        Files.writeString(output.resolve("result.json"), Documents.json(result));
    }
}
