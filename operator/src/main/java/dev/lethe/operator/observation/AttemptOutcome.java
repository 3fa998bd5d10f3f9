package dev.lethe.operator.observation;

import dev.lethe.api.document.Documents;
import dev.lethe.api.document.InvalidDocument;
import dev.lethe.api.stage.StageReport;
import dev.lethe.api.status.Reason;
import dev.lethe.planner.stage.ObservedAttempt;
import dev.lethe.planner.stage.ObservedAttempt.State;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of an attempt, read from the Job's last condition and the state of the worker's container. How other containers
 * of the pod end is nothing to the stage.
 */
final class AttemptOutcome {
    /** Reasons of the container runtime for a container that never ran. */
    private static final Set<String> NEVER_RAN = Set.of("StartError", "ContainerCannotRun");

    /** What the Job controller writes when a rule of the Job's failure policy matched: all there is once the pod is gone. */
    private static final Pattern EXIT_CODE = Pattern.compile("failed with exit code (\\d+)");

    private static final String DISRUPTION = "has condition DisruptionTarget";

    private AttemptOutcome() {}

    /** @param end of the Job, before which its worker may have ended */
    static ObservedAttempt of(String name, Optional<JobCondition> end, Optional<WorkerState> worker) {
        var terminated = worker.flatMap(WorkerState::terminated);
        var failure = end.filter(it -> !it.getType().equals("Complete")).orElseGet(JobCondition::new);
        var workerDone = terminated.filter(it -> it.getExitCode() == 0).isPresent()
                && reason(failure, worker, terminated).isEmpty();
        var jobDone = end.filter(it -> it.getType().equals("Complete")).isPresent();
        return workerDone || jobDone ? succeeded(name, worker) : failed(name, failure, worker, terminated);
    }

    private static ObservedAttempt succeeded(String name, Optional<WorkerState> worker) {
        StageReport report = null;
        String problem = null;
        try {
            report = worker.flatMap(WorkerState::terminated)
                    .map(ContainerStateTerminated::getMessage)
                    .map(it -> Documents.parse("termination message", it, StageReport.class))
                    .orElse(null);
        } catch (InvalidDocument e) {
            problem = e.getMessage();
        }
        if (report == null && problem == null) {
            problem = "finished without a report in its termination message";
        }
        return ended(name, State.Succeeded, 0, null, problem, report, worker);
    }

    private static ObservedAttempt failed(
            String name,
            JobCondition condition,
            Optional<WorkerState> worker,
            Optional<ContainerStateTerminated> terminated) {
        var exitCode = terminated.map(ContainerStateTerminated::getExitCode).orElseGet(() -> exitCode(condition)
                .orElse(null));
        var reason = reason(condition, worker, terminated).orElse(null);
        return ended(
                name, State.Failed, exitCode, reason, message(reason, condition, worker, terminated), null, worker);
    }

    private static Optional<Reason> reason(
            JobCondition condition, Optional<WorkerState> worker, Optional<ContainerStateTerminated> terminated) {
        var why = terminated.map(ContainerStateTerminated::getReason).orElse("");
        if ("DeadlineExceeded".equals(condition.getReason())) {
            return Optional.of(Reason.DeadlineExceeded);
        }
        if (message(condition).contains(DISRUPTION)
                || worker.flatMap(it -> it.condition("DisruptionTarget", "True"))
                        .isPresent()
                || worker.filter(WorkerState::rejected).isPresent()) {
            return Optional.of(Reason.Disrupted);
        }
        if (why.equals("OOMKilled")) {
            return Optional.of(Reason.OutOfMemory);
        }
        if (worker.filter(WorkerState::evicted).isPresent()) {
            return Optional.of(Reason.OutOfScratch);
        }
        return NEVER_RAN.contains(why) ? Optional.of(Reason.ConfigurationFailed) : Optional.empty();
    }

    /** The worker's own message first, then those of the kubelet and the Job controller. */
    private static String message(
            @Nullable Reason reason,
            JobCondition condition,
            Optional<WorkerState> worker,
            Optional<ContainerStateTerminated> terminated) {
        if (reason == Reason.OutOfMemory) {
            return worker.flatMap(WorkerState::memoryLimit)
                    .map(limit -> "the container used more memory than its limit of " + limit)
                    .orElse("the node ran out of memory");
        }
        if (reason == Reason.OutOfScratch) {
            return worker.map(it -> it.status().getMessage()).orElse("").strip();
        }
        return terminated
                .map(ContainerStateTerminated::getMessage)
                .map(String::strip)
                .filter(it -> !it.isEmpty())
                .or(() -> worker.flatMap(it -> it.condition("DisruptionTarget", "True"))
                        .map(it -> it.getMessage()))
                .or(() -> worker.map(it -> it.status().getMessage()))
                .orElseGet(() -> message(condition));
    }

    private static Optional<Integer> exitCode(JobCondition condition) {
        var matcher = EXIT_CODE.matcher(message(condition));
        return matcher.find() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
    }

    private static String message(JobCondition condition) {
        return Objects.requireNonNullElse(condition.getMessage(), "the Job failed");
    }

    private static ObservedAttempt ended(
            String name,
            State state,
            @Nullable Integer exitCode,
            @Nullable Reason reason,
            @Nullable String message,
            @Nullable StageReport report,
            Optional<WorkerState> worker) {
        return new ObservedAttempt(
                name,
                state,
                exitCode,
                reason,
                message,
                null,
                report,
                worker.flatMap(WorkerState::started).orElse(null),
                null);
    }
}
