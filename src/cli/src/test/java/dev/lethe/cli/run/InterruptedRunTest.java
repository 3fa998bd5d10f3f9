package dev.lethe.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.StageResult;
import dev.lethe.cli.ChildProcess;
import dev.lethe.cli.TinyJob;
import dev.lethe.worker.Failure;
import dev.lethe.worker.publication.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is cut off goes on, and ends as if it never had been: real processes, really killed. */
class InterruptedRunTest {
    /** Before, inside and after stages of every kind; each is the only way to what needs it, so a run must come to it. */
    private static final List<String> DEATHS = List.of(
            "prepare:attempt-started:1",
            "prepare:output-complete:1",
            "prepare:stage-succeeded:1",
            "train-over:stage-created:1",
            "train-over:attempt-started:1",
            "train-over:progress:6",
            "train-over:output-complete:1",
            "merge:attempt-started:1",
            "merge:progress:1",
            "merge:output-complete:1",
            "eval-merge:progress:1",
            "eval-merge:attempt-succeeded:1",
            "publish:stage-created:1",
            "publish:attempt-started:1",
            "publish:output-complete:1");

    private static final int TERMINATED = 143;

    @TempDir
    Path folder;

    @Test
    void aRunKilledAtEveryStepEndsAsOneThatNeverWas() throws Exception {
        TinyJob job = TinyJob.in(Files.createDirectory(folder.resolve("job")));
        Path log = folder.resolve("log");
        for (String death : DEATHS) {
            assertThat(ChildProcess.await(ChildProcess.start(job, log, "-Dlethe.test.haltAt=" + death)))
                    .as("killed at %s: %s", death, Files.readString(log))
                    .isEqualTo(Failure.KILLED);
        }
        assertThat(ChildProcess.await(ChildProcess.start(job, log)))
                .as(Files.readString(log))
                .isZero();
        noFinishedStageWasStartedAgain(job);

        TinyJob killed = new TinyJob(Files.move(job.folder(), folder.resolve("killed")));
        TinyJob uninterrupted = TinyJob.in(Files.createDirectory(job.folder()));
        assertThat(ChildProcess.await(ChildProcess.start(uninterrupted, log))).isZero();
        assertThat(Payload.of(killed.published()).files())
                .isEqualTo(Payload.of(uninterrupted.published()).files());
        for (String stage : List.of("train-over", "train-under", "merge")) {
            assertThat(files(killed, stage)).as(stage).isEqualTo(files(uninterrupted, stage));
        }
        assertThat(result(killed, "eval-merge").metrics())
                .isEqualTo(result(uninterrupted, "eval-merge").metrics());
        assertThat(result(killed, "train-over").counts().get("continuedFrom")).isPositive();
    }

    @Test
    void aSignalStopsARunWhereItCanContinue() throws Exception {
        TinyJob job = TinyJob.in(folder).with("epochs: 3", "epochs: 400");
        Path log = folder.resolve("log");
        Process run = ChildProcess.start(job, log);
        while (!hasCheckpoints(job.workdir().resolve("stages/train-over"))) {
            assertThat(run.isAlive()).as(Files.readString(log)).isTrue();
            Thread.sleep(50);
        }
        run.destroy();
        assertThat(ChildProcess.await(run)).isEqualTo(TERMINATED);
        assertThat(Files.readString(log)).contains("the same command continues");
        assertThat(events(job)).anyMatch(line -> line.contains("attempt-interrupted"));
        assertThat(events(job).getLast()).contains("run-interrupted");
    }

    private static boolean hasCheckpoints(Path stage) throws IOException {
        if (!Files.isDirectory(stage)) {
            return false;
        }
        try (var inside = Files.newDirectoryStream(stage, ".output.*.work")) {
            for (Path work : inside) {
                return Files.exists(work.resolve("checkpoints"));
            }
        }
        return false;
    }

    private static void noFinishedStageWasStartedAgain(TinyJob job) throws IOException {
        Set<String> finished = new HashSet<>();
        for (String line : events(job)) {
            EventLog.Event event = Documents.parse("events.jsonl", line, EventLog.Event.class);
            if (event.event().equals("attempt-succeeded") || event.event().equals("stage-succeeded")) {
                finished.add(event.stage());
            }
            if (event.event().equals("attempt-started")) {
                assertThat(finished).doesNotContain(event.stage());
            }
        }
        assertThat(finished).hasSize(9);
    }

    private static List<String> events(TinyJob job) throws IOException {
        return Files.readAllLines(job.workdir().resolve("events.jsonl"));
    }

    private static Map<String, String> files(TinyJob job, String stage) {
        return Payload.of(Workdir.of(job.workdir()).output(stage)).files();
    }

    private static StageResult result(TinyJob job, String stage) {
        return Documents.read(Workdir.of(job.workdir()).output(stage).resolve("result.json"), StageResult.class);
    }
}
