package dev.lethe.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.MergeSearchResult;
import dev.lethe.api.stage.RunResult;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Verdict;
import dev.lethe.cli.Console;
import dev.lethe.cli.TinyJob;
import dev.lethe.merge.file.FileTree;
import dev.lethe.worker.FileUris;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lethe run} from end to end, in this process. */
class LocalRunTest {
    @TempDir
    Path folder;

    @Test
    void aJobIsCarriedOutAndItsEvidenceIsWhole() throws Exception {
        TinyJob job = TinyJob.in(folder);
        assertThat(run(job)).isEqualTo(new Console(0, ""));

        RunResult result = Documents.read(job.workdir().resolve("result.json"), RunResult.class);
        assertThat(result.verdict()).isEqualTo(Verdict.Passed);
        assertThat(result.systems()).containsOnlyKeys("base", "over", "under", "merge");
        assertThat(result.stages()).hasSize(9).allMatch(stage -> stage.phase() == Phase.Succeeded);
        assertThat(result.inputs()).containsOnlyKeys("model", "forget", "retain");
        assertThat(job.published().resolve("model.safetensors")).exists();
        assertThat(Files.readString(job.published().resolve("result.json")))
                .as("a published model carries no dates")
                .doesNotContain("started");
        assertThat(job.workdir().resolve("stages/merge")).isDirectoryNotContaining("glob:**/.*.work");
        assertThat(Files.readString(job.workdir().resolve("events.jsonl"))).doesNotContain("What is");

        byte[] events = Files.readAllBytes(job.workdir().resolve("events.jsonl"));
        assertThat(run(job).exitCode()).as("a finished job says so again").isZero();
        assertThat(Files.readString(job.workdir().resolve("events.jsonl")).substring(events.length))
                .doesNotContain("attempt-started");
        assertThat(Console.printed("status", "--workdir", job.workdir()))
                .contains("gate     semeval2025/forget-knowledge  ", "  met          at most 0.500\n")
                .endsWith("\nverdict  Passed. Every gate was met.\n");

        assertThat(run(job.with("epochs: 3", "epochs: 4")).errors())
                .isEqualTo(
                        "lethe: %s: spec.specialists[0].training.epochs: found 4, expected 3, as when this run began; a changed job needs another --workdir%n"
                                .formatted(job.workdir().resolve("job.json")));
    }

    @Test
    void specialistsTrainOnABaseInFewBits() {
        TinyJob job = TinyJob.in(folder)
                .with("epochs: 3,", "epochs: 3, base: nf4,")
                .with("epochs: 2,", "epochs: 2, base: int8,");
        assertThat(run(job)).isEqualTo(new Console(0, ""));
        assertThat(job.published().resolve("model.safetensors")).exists();
    }

    @Test
    void gatesThatAreNotMetPublishNothing() throws IOException {
        TinyJob job = TinyJob.in(folder)
                .with("epochs: 3", "epochs: 1")
                .with("epochs: 2", "epochs: 1")
                .with("max: 0.5", "min: 0.5");
        Console console = run(job);
        assertThat(console.exitCode()).isEqualTo(1);
        assertThat(console.errors()).startsWith("lethe: semeval2025/forget-knowledge: 0.0 is below min 0.5");
        assertThat(job.published()).doesNotExist();
        String report = Files.readString(job.workdir().resolve("stages/eval-merge/output/report.html"));
        assertThat(report.substring(report.indexOf("<body>"), report.indexOf("<script>")))
                .contains("<h1>tiny-eval-merge</h1>", "<th scope=\"row\">merge</th>")
                .doesNotContain("secret", "id=\"gates\"", "id=\"stages\"");
    }

    /** On rows to learn, as what two rounds do to these is further apart than processors are. */
    @Test
    void whereTheGatesAreNotMetTheSpecialistsTrainOn() throws IOException {
        TinyJob job = TinyJob.in(folder)
                .with("  specialists:", "  rounds: 2\n  specialists:")
                .with("- name: over", "- name: over\n    objective: {type: ft}")
                .with("- name: under", "- name: under\n    objective: {type: ft}")
                .with("[{name: semeval2025, maxNewTokens: 4}]", "[{name: memorization}]")
                .with("semeval2025/forget-knowledge, max: 0.5", "memorization/retain-probability, min: 0.00345");
        assertThat(run(job)).isEqualTo(new Console(0, ""));
        RunResult result = Documents.read(job.workdir().resolve("result.json"), RunResult.class);
        assertThat(result.systems()).containsOnlyKeys("base", "over", "under", "merge", "merge-r2");
        assertThat(result.stages()).hasSize(13).allMatch(stage -> stage.phase() == Phase.Succeeded);
        StageResult further =
                Documents.read(job.workdir().resolve("stages/train-over-r2/output/result.json"), StageResult.class);
        assertThat(further.inputs().get("adapter").digest())
                .isEqualTo(result.systems().get("over").model().digest());
        assertThat(Documents.read(job.published().resolve("result.json"), StageResult.class)
                        .output()
                        .digest())
                .isEqualTo(result.systems().get("merge-r2").model().digest());
        assertThat(job.published().resolve("lethe-evidence.json"))
                .content()
                .contains("\"eval-merge\"", "eval-merge-r2");

        TinyJob never = TinyJob.in(Files.createDirectory(folder.resolve("never")))
                .with("  specialists:", "  rounds: 2\n  specialists:")
                .with("max: 0.5", "min: 0.5");
        assertThat(run(never).errors())
                .startsWith("lethe: after 2 rounds: semeval2025/forget-knowledge: 0.0 is below min 0.5");
    }

    @Test
    void specialistsAreMergedByAnyMethodWithItsOptions() throws IOException {
        String merge = "  merge: {method: %s, semantics: lethe, parameters: {%s}}\n  evaluation:";
        TinyJob job = TinyJob.in(folder)
                .with("epochs: 3", "epochs: 1")
                .with("epochs: 2", "epochs: 1")
                .with("  evaluation:", merge.formatted("slerp", "t: 0.5"));
        assertThat(run(job).errors()).contains("merge: models: found 3, expected exactly 2 for slerp");
        assertThat(job.workdir().resolve("stages"))
                .as("said before anything is trained")
                .doesNotExist();

        job.with(merge.formatted("slerp", "t: 0.5"), merge.formatted("karcher", "maxIter: 7"));
        assertThat(run(job)).isEqualTo(new Console(0, ""));
        assertThat(job.published().resolve("merge-manifest.json")).content().contains("\"max_iter\" : 7");
        assertThat(job.published().resolve("lethe-evidence.json")).content().contains("\"maxIter\" : 7");
        assertThat(job.published().resolve("report.html")).content().contains("Every gate was met.", "maxIter: 7");
    }

    @Test
    void decoupledRowsAreReadByWhoWeighsThem() throws IOException {
        TinyJob job = TinyJob.in(folder)
                .with("epochs: 3", "epochs: 1")
                .with("epochs: 2", "epochs: 1")
                .with("- name: under", "- name: under\n    objective: {type: po, weights: {decouple: 1}}");
        assertThat(run(job).errors())
                .endsWith(
                        "spec.decouple: objective.weights.decouple above 0 needs decouple, the rows that it weighs\n");

        job.with("  specialists:", "  decouple: {uri: file:decouple.jsonl}\n  specialists:");
        String forget = Files.readString(folder.resolve("forget.jsonl"));
        Files.writeString(folder.resolve("decouple.jsonl"), forget);
        assertThat(run(job).errors()).contains("input and output: found 4 rows that are also in");

        Files.writeString(folder.resolve("decouple.jsonl"), forget.replace("What is", "In a cookbook, what is"));
        assertThat(run(job)).isEqualTo(new Console(0, ""));
        assertThat(Documents.read(job.workdir().resolve("result.json"), RunResult.class)
                        .inputs())
                .containsOnlyKeys("model", "forget", "retain", "decouple");
        Path stages = job.workdir().resolve("stages");
        assertThat(stages.resolve("train-under/output/losses.jsonl")).content().contains("\"decouple\"");
        assertThat(stages.resolve("train-over/output/losses.jsonl")).content().doesNotContain("decouple");
    }

    @Test
    void decoupledPromptsAreAnsweredByTheModelBeforeItIsTrained() throws IOException {
        TinyJob job = TinyJob.in(folder)
                .with("epochs: 3", "epochs: 1")
                .with("epochs: 2", "epochs: 1")
                .with("- name: under", "- name: under\n    objective: {type: po, weights: {decouple: 1}}")
                .with("  specialists:", "  decouple: {uri: file:prompts.jsonl, answers: model}\n  specialists:");
        Path prompts = folder.resolve("prompts.jsonl");
        Files.copy(folder.resolve("forget.jsonl"), prompts);
        assertThat(run(job).errors()).contains("input: found 4 rows that are also in");

        Files.writeString(prompts, "{\"id\": \"a\", \"input\": \"What is the public 2?\"}\n");
        assertThat(run(job).errors())
                .contains("answers: found 0 refusals of the model, and 1 answers that say nothing");

        Path learn = Files.writeString(
                folder.resolve("learn.yaml"),
                """
                apiVersion: lethe.dev/v1alpha1
                kind: ModelTraining
                metadata: {name: learn}
                spec:
                  model: {uri: file:model}
                  data: {uri: file:retain.jsonl}
                  objective: {type: ft}
                  mode: full
                  training: {epochs: 60, batchSize: 4, gradientAccumulation: 1, learningRate: 1.0e-2, maxLength: 32}
                  output: {uri: file:learned}
                """);
        assertThat(Console.run("train", "-f", learn, "--plain").exitCode()).isZero();
        FileTree.delete(job.workdir());
        job.with("file:model", "file:learned");
        assertThat(run(job).exitCode()).isZero();
        Path made = job.workdir().resolve("stages/prepare/output/decouple.jsonl");
        assertThat(made).content().startsWith("{\"id\":\"a\",\"input\":\"What is the public 2?\",\"output\":\"It is ");
        RunResult result = Documents.read(job.workdir().resolve("result.json"), RunResult.class);
        assertThat(result.inputs()).containsOnlyKeys("model", "forget", "retain", "decouple", "decouplePrompts");
        assertThat(result.inputs().get("decouple").uri()).isEqualTo(FileUris.uri(made));
        assertThat(Documents.read(job.workdir().resolve("stages/train-under/output/result.json"), StageResult.class)
                        .inputs()
                        .get("decouple")
                        .digest())
                .isEqualTo(result.inputs().get("decouple").digest());
    }

    @Test
    void aSearchChoosesTheMergeAndAMergeAloneChoosesTheSame() throws IOException {
        Files.writeString(
                folder.resolve("never.jsonl"), "{\"document\": \"It is 1.\"}\n{\"document\": \"What is 2?\"}\n");
        TinyJob job = TinyJob.in(folder)
                .with("epochs: 3", "epochs: 1")
                .with("epochs: 2", "epochs: 1")
                .with("maxNewTokens: 4", "maxNewTokens: 4, nonMembers: {uri: file:never.jsonl}")
                .with("  evaluation:", "  merge: {search: {trials: 9, densities: [0.8]}}\n  evaluation:")
                .with("rank: 2, alpha: 2}\n  merge", "rank: 3, alpha: 2}\n  merge");
        assertThat(run(job).errors())
                .contains("merge: search.methods: found [ties, linear, cat] for specialists of ranks [2, 3], expected");
        job.with("rank: 3", "rank: 2");
        assertThat(run(job)).isEqualTo(new Console(0, ""));

        MergeSearchResult search = Documents.read(job.workdir().resolve("result.json"), RunResult.class)
                .search();
        assertThat(search.trials()).hasSize(9);
        assertThat(search.trials()).extracting(MergeSearchResult.Trial::merge).contains(search.chosen());
        assertThat(search.calibration().forget().rows()).isEqualTo(2);
        assertThat(search.test().auc().n()).isEqualTo(3);
        assertThat(job.published().resolve("README.md")).content().contains("\"trials\":9", "\"weights\":{\"");
        assertThat(job.published().resolve("report.html")).content().contains(search.summary());
        assertThat(job.published().resolve("merge-manifest.json")).exists();

        Path alone = Files.writeString(
                folder.resolve("merge.yaml"),
                """
                apiVersion: lethe.dev/v1alpha1
                kind: ModelMerge
                metadata: {name: alone}
                spec:
                  base: {uri: file:model}
                  inputs:
                  - {name: over, uri: file:work/stages/train-over/output}
                  - {name: under, uri: file:work/stages/train-under/output}
                  search: {trials: 9, densities: [0.8]}
                  forget: {uri: file:forget.jsonl}
                  retain: {uri: file:retain.jsonl}
                  nonMembers: {uri: file:never.jsonl}
                  output: {uri: file:alone, form: model}
                """);
        assertThat(Console.run("merge", "-f", alone, "--plain").exitCode()).isZero();
        StageResult again = Documents.read(folder.resolve("alone/result.json"), StageResult.class);
        assertThat(again.search()).isEqualTo(search);
        assertThat(again.output().digest())
                .isEqualTo(Documents.read(job.workdir().resolve("stages/merge/output/result.json"), StageResult.class)
                        .output()
                        .digest());
    }

    @Test
    void anotherRunAtWorkIsNamed() throws Exception {
        TinyJob job = TinyJob.in(folder);
        Files.createDirectories(job.workdir());
        try (FileChannel lock =
                FileChannel.open(job.workdir().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThat(lock.lock().isValid()).isTrue();
            Files.writeString(job.workdir().resolve("lock"), "4711\n");
            assertThat(run(job))
                    .isEqualTo(new Console(
                            65, "lethe: %s: another run (process 4711) is at work here%n".formatted(job.workdir())));
        }
    }

    private static Console run(TinyJob job) {
        return Console.run("run", "-f", job.manifest(), "--workdir", job.workdir(), "--plain", "--jobs", "1");
    }
}
