package dev.lethe.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.ExitCode;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.cli.ChildProcess;
import dev.lethe.cli.Console;
import dev.lethe.cli.TinyJob;
import dev.lethe.worker.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an old file, a forged one or a second writer would change, were it believed. */
class AttackTest {
    @TempDir
    Path folder;

    private TinyJob job;

    @BeforeEach
    void makeJob() {
        job = TinyJob.in(folder);
    }

    @Test
    void rowsThatChangedSinceTheRunBeganAreNamedAndNothingPassesForThem() throws IOException {
        assertThat(run().exitCode()).isZero();
        Path rows = folder.resolve("forget.jsonl");
        Files.writeString(rows, Files.readString(rows).replace("secret 0", "another 0"));

        Console again = run();
        assertThat(again.exitCode()).isEqualTo(ExitCode.INVALID_INPUT.code());
        assertThat(again.errors())
                .startsWith("lethe: %s: forget: found sha256:".formatted(rows))
                .contains("as when this run began; put that back to go on, or choose another --workdir")
                .hasLineCount(1);
    }

    /** Who can write the work directory plants a finished evaluation, of the right instructions, while the real one is at work. */
    @Test
    void aPlantedResultIsNotTakenOver() throws Exception {
        dieAt("eval-merge:output-complete:1");
        Path output = output("eval-merge");
        forge(output);
        Files.delete(output.resolve("seal"));

        Console again = run();
        assertThat(again.exitCode()).isEqualTo(ExitCode.REFUSED.code());
        assertThat(again.errors()).contains(output + ": output: found a result that no attempt at this stage wrote");
        assertThat(job.published()).doesNotExist();
    }

    /** The same plant in its best form: a copy of the stage's own finished output, with other numbers in it. */
    @Test
    void aResultWithOtherNumbersIsNotTakenOverThoughItsSealWasOnceRight() throws Exception {
        dieAt("eval-merge:output-complete:1");
        forge(output("eval-merge"));

        Console again = run();
        assertThat(again.exitCode()).isEqualTo(ExitCode.REFUSED.code());
        assertThat(again.errors()).contains("found a result that no attempt at this stage wrote");
        assertThat(job.published()).doesNotExist();
    }

    @Test
    void answersThatSomebodyElseWroteAreAskedAgain() throws Exception {
        dieAt("eval-merge:progress:2");
        Path payload = work("eval-merge").resolve("payload/semeval2025");
        int forged = 0;
        try (Stream<Path> journals = Files.list(payload)) {
            for (Path journal :
                    journals.filter(it -> it.toString().endsWith(".jsonl")).toList()) {
                String text = Files.readString(journal);
                String other = text.replaceAll("(?m)^(.\"id\":\"[^\"]*\",\"\\w+\":).*$", "$1\"forged\"}");
                forged += other.equals(text) ? 0 : 1;
                Files.writeString(journal, other);
            }
        }
        assertThat(forged).isPositive();

        assertThat(run().exitCode()).isZero();
        try (Stream<Path> all = Files.walk(output("eval-merge"))) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                assertThat(file).content().doesNotContain("forged");
            }
        }
    }

    @Test
    void aResultThatChangedAfterItsStageEndedIsNotPublished() throws Exception {
        dieAt("publish:stage-created:1");
        forge(output("eval-merge"));

        Console again = run();
        assertThat(again.exitCode()).isEqualTo(ExitCode.REFUSED.code());
        assertThat(again.errors()).contains("eval-merge/output/result.json: digest: found sha256:");
        assertThat(job.published()).doesNotExist();
    }

    @Test
    void aDestinationThatSomebodyTookMeanwhileIsTheirs() throws Exception {
        dieAt("publish:stage-created:1");
        Files.createDirectories(job.published());
        Files.writeString(job.published().resolve("config.json"), "theirs");

        Console again = run();
        assertThat(again.exitCode()).isEqualTo(ExitCode.INVALID_INPUT.code());
        assertThat(again.errors()).contains("output: found an existing path");
        assertThat(job.published().resolve("config.json")).hasContent("theirs");
    }

    @Test
    void ofTwoRunsToOneDestinationTheSecondIsRefusedBeforeItTrains() throws Exception {
        try (RunLock first = RunLock.ofDestination(job.published())) {
            Console second = run();
            assertThat(second.exitCode()).isEqualTo(ExitCode.INVALID_INPUT.code());
            assertThat(second.errors())
                    .isEqualTo("lethe: %s: output: another run (process %d) is to write it%n"
                            .formatted(job.published(), first.process()));
            assertThat(job.workdir().resolve("stages/train-over")).doesNotExist();
        }
        assertThat(run().exitCode()).isZero();
        assertThat(folder).isDirectoryNotContaining("glob:**/.published.lock");
    }

    private Console run() {
        return Console.run("run", "-f", job.manifest(), "--workdir", job.workdir(), "--plain", "--jobs", "1");
    }

    private void dieAt(String death) throws Exception {
        Path log = folder.resolve("log");
        assertThat(ChildProcess.await(ChildProcess.start(job, log, "-Dlethe.test.haltAt=" + death)))
                .as(Files.readString(log))
                .isEqualTo(Failure.KILLED);
    }

    private Path output(String stage) {
        return Workdir.of(job.workdir()).output(stage);
    }

    private Path work(String stage) throws IOException {
        try (var inside = Files.newDirectoryStream(Workdir.of(job.workdir()).stage(stage), ".output.*.work")) {
            return inside.iterator().next();
        }
    }

    /** Every number as good as can be. */
    private static void forge(Path output) throws IOException {
        Path file = output.resolve("result.json");
        StageResult it = Documents.read(file, StageResult.class);
        Map<String, MetricValue> metrics = new TreeMap<>(it.metrics());
        metrics.replaceAll((name, value) -> new MetricValue(0.25, value.n(), null, null));
        Files.writeString(
                file,
                Documents.json(new StageResult(
                        it.stage(),
                        it.kind(),
                        it.inputs(),
                        it.output(),
                        metrics,
                        it.notMeasured(),
                        it.verdict(),
                        it.gates(),
                        it.counts(),
                        it.started(),
                        it.finished(),
                        it.versions())));
    }
}
