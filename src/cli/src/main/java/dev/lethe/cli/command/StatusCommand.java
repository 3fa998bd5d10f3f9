package dev.lethe.cli.command;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.stage.ExitCode;
import dev.lethe.api.status.StageSummary;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.cli.progress.ProgressText;
import dev.lethe.cli.run.RunState;
import dev.lethe.worker.report.ResultTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows where a run stands, running or not. */
@Command(name = "status", description = "Where a run stands, also while it is at work.")
public final class StatusCommand implements Callable<Integer> {
    private static final int DIGEST_SHOWN = "sha256:".length() + 12;

    @Mixin
    private WorkdirOption workdir;

    @Override
    public Integer call() {
        Resource<UnlearningJobSpec, UnlearningJobStatus> job = new RunState(workdir.workdir()).begunJob();
        UnlearningJobStatus status = job.status();
        if (status == null) {
            System.out.println(job.name() + ": Pending");
            return ExitCode.DONE.code();
        }
        System.out.println(job.name() + ": " + status.phase() + ready(status));
        System.out.print(TextTable.of(rows(status.stages())));
        if (status.verdict() != null && status.gates() != null) {
            System.out.print("\n" + ResultTable.outcome(status.gates(), status.verdict()));
        }
        return ExitCode.DONE.code();
    }

    private static String ready(UnlearningJobStatus status) {
        return status.conditions().stream()
                .map(condition -> condition.message())
                .filter(Objects::nonNull)
                .findFirst()
                .map(message -> ", " + message)
                .orElse("");
    }

    private static List<List<String>> rows(List<StageSummary> stages) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("STAGE", "PHASE", "REASON", "ATTEMPT", "DURATION", "OUTPUT", "PROGRESS"));
        for (StageSummary stage : stages) {
            rows.add(List.of(
                    stage.name(),
                    stage.phase().name(),
                    stage.reason().name(),
                    stage.attempt() == 0 ? "" : String.valueOf(stage.attempt()),
                    duration(stage.started(), stage.finished()),
                    digest(stage.digest()),
                    stage.progress() != null
                            ? ProgressText.sentence(stage.progress())
                            : Objects.requireNonNullElse(stage.message(), "")));
        }
        return rows;
    }

    private static String duration(@Nullable Instant started, @Nullable Instant finished) {
        return started == null
                ? ""
                : ProgressText.clock(Duration.between(started, Objects.requireNonNullElseGet(finished, Instant::now)));
    }

    private static String digest(@Nullable String digest) {
        return digest == null ? "" : digest.substring(0, Math.min(DIGEST_SHOWN, digest.length()));
    }
}
