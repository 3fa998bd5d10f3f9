package dev.lethe.planner.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.resource.Destination;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Metadata;
import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.Retry;
import dev.lethe.api.resource.RowsSource;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.api.stage.StageReport;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Progress;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.planner.JobAction;
import dev.lethe.planner.Plan;
import dev.lethe.planner.StageUpdate;
import dev.lethe.planner.Timings;
import dev.lethe.planner.stage.ObservedAttempt.State;
import dev.lethe.planner.status.ConditionCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One stage through time. */
final class Story {
    static final String METRIC = "semeval2025/forget-knowledge";
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    StagePlanner planner = new StagePlanner(new StageFiles(Mounts.local(Path.of("/m"))), Timings.LOCAL, null);
    Instant now = START;
    Instant created = START;
    long generation = 1;
    Instant since = START;
    List<ObservedAttempt> observed = List.of();
    Plan<StageResourceStatus, StageAction> plan;
    Resource<StageSpec, StageResourceStatus> stage;

    Story(Long deadline, Gate... gates) {
        var spec = new ModelEvaluationSpec(
                Source.of("file:base"),
                null,
                RowsSource.of("file:forget"),
                RowsSource.of("file:retain"),
                null,
                List.of(SuiteSpec.of("semeval2025")),
                gates.length == 0 ? null : List.of(gates),
                null,
                null,
                new Destination("file:out"),
                new Execution(null, null, new Retry(3), deadline, null, null, null));
        stage = Resource.of(Kind.ModelEvaluation, new Metadata("s", null, "uid", generation, null, null, START), spec);
    }

    void tell(String story) {
        for (var word : story.split(" ", -1)) {
            happen(word);
            var metadata = new Metadata("s", null, "uid", generation, null, null, created);
            stage = new Resource<>(stage.apiVersion(), stage.kind(), metadata, stage.spec(), stage.status());
            plan = planner.plan(stage, observed, now);
            assertThat(planner.plan(stage, observed, now)).isEqualTo(plan);
            if (plan.deferUntil().isEmpty()) {
                stage = stage.withStatus(plan.status());
            }
            ConditionCheck.hold(plan.status().phase(), plan.status().conditions(), generation, generation);
        }
    }

    private void happen(String word) {
        switch (word) {
            case "-" -> {}
            case "suspend", "resume" -> suspend(word.equals("suspend"));
            case "suspendgone" -> {
                suspend(true);
                observed = List.of();
            }
            case "gone" -> observed = List.of();
            case "resume143" -> {
                suspend(false);
                see(State.Failed, 143, null, null);
            }
            case "run" -> {
                since = now;
                see(State.Running, null, null, null);
            }
            case "report" -> stage = stage.withStatus(reported());
            case "queued" -> see(State.Suspended, null, null, null);
            case "preempted" -> see(State.Suspended, null, Reason.Preempted, null);
            case "oom" -> see(State.Failed, 137, Reason.OutOfMemory, null);
            case "timeout" -> see(State.Failed, null, Reason.DeadlineExceeded, null);
            case "ok" -> see(State.Succeeded, 0, null, report());
            case "noresult" -> see(State.Succeeded, 0, null, null);
            case "disrupted" -> see(State.Failed, 143, Reason.Disrupted, null, "evicted");
            case "scratch" -> see(State.Failed, 137, Reason.OutOfScratch, null, "too much");
            default -> {
                if (word.startsWith("+")) {
                    now = now.plusSeconds(Long.parseLong(word.substring(1)));
                } else if (word.startsWith("waits:")) {
                    var why = word.split(":", -1);
                    see(State.Pending, null, Reason.valueOf(why[1]), null, why.length > 2 ? why[2] : null);
                } else {
                    see(State.Failed, Integer.valueOf(word.substring("exit:".length())), null, null);
                }
            }
        }
    }

    private void suspend(boolean suspend) {
        stage = StageUpdate.of(stage, new JobAction.SuspendStage("s", suspend));
    }

    private void see(State state, Integer exitCode, Reason reason, StageReport report) {
        see(state, exitCode, reason, report, null);
    }

    private void see(State state, Integer exitCode, Reason reason, StageReport report, String message) {
        var name = plan.status().attempts().getLast().name();
        observed = List.of(new ObservedAttempt(name, state, exitCode, reason, message, null, report, null, since));
    }

    /** As the status is once a worker has reported. */
    private StageResourceStatus reported() {
        var progress = new Progress(1, 9, "steps", null, null, null, null, null, now);
        return new StageResourceStatus(
                1L, null, List.of(), List.of(), progress, null, null, null, null, null, null, null, null, null, null);
    }

    private static StageReport report() {
        var numbers = new StageReport.Numbers(0.05, 60, null, null, null);
        return new StageReport("sha256:2", "sha256:1", null, List.of(numbers), null, null, null);
    }

    void expect(String phase, String attempts, String actions) {
        var status = stage.status();
        var ready = status.conditions().getFirst();
        assertThat(status.phase() + " " + ready.reason()).isEqualTo(phase);
        if (phase.startsWith(Phase.Failed.name())) {
            assertThat(ready.message()).isNotBlank();
        }
        var told = status.attempts().stream()
                .map(a -> a.number() + ":" + a.state() + (a.reason() == null ? "" : ":" + a.reason())
                        + (a.state() == Attempt.State.Failed && a.counted() ? "!" : ""))
                .collect(Collectors.joining(" "));
        assertThat(told).isEqualTo(attempts == null ? "" : attempts);
        var requeue = plan.requeueAt()
                .map(time -> "Wait +" + Duration.between(now, time).toSeconds());
        assertThat(Stream.concat(plan.actions().stream().map(this::told), requeue.stream())
                        .collect(Collectors.joining(", ")))
                .isEqualTo(actions == null ? "" : actions);
    }

    private String told(StageAction action) {
        return switch (action) {
            case StageAction.CreateAttempt(var attempt, var file) -> {
                assertThat(file.attempt()).isEqualTo(attempt.name()).startsWith("s-" + attempt.number() + "-");
                yield "Create " + attempt.number();
            }
            case StageAction.DeleteAttempts(var names) ->
                names.stream().map(name -> "Delete " + name.split("-", -1)[1]).collect(Collectors.joining(", "));
            case StageAction.StopAttempt(var attempt, var reason) -> "Stop " + attempt.split("-", -1)[1] + " " + reason;
        };
    }
}
