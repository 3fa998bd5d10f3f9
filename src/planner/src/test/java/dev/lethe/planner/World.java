package dev.lethe.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Compute;
import dev.lethe.api.resource.Destination;
import dev.lethe.api.resource.EvaluationSettings;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.MergeSettings;
import dev.lethe.api.resource.Metadata;
import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.Retry;
import dev.lethe.api.resource.RowsSource;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.Specialist;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.api.resource.TrainingSettings;
import dev.lethe.api.resource.TrainingTarget;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.stage.StageReport;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.planner.stage.Mounts;
import dev.lethe.planner.stage.ObservedAttempt;
import dev.lethe.planner.stage.ObservedAttempt.State;
import dev.lethe.planner.stage.StageAction;
import dev.lethe.planner.stage.StageFiles;
import dev.lethe.planner.stage.StagePlanner;
import dev.lethe.planner.status.ConditionCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A cluster of maps: carries out plans as an operator does, and checks what must hold after every plan. */
final class World {
    static final Map<String, Double> GOOD =
            Map.of("semeval2025/forget-knowledge", 0.05, "semeval2025/retain-knowledge", 0.9);
    static final Map<String, Double> BASE =
            Map.of("semeval2025/forget-knowledge", 1.0, "semeval2025/retain-knowledge", 1.0);

    final JobPlanner planner = new JobPlanner(Layout.local(Path.of("/work")), Timings.LOCAL);
    final StagePlanner stagePlanner =
            new StagePlanner(new StageFiles(Mounts.local(Path.of("/m"))), Timings.LOCAL, null);

    final Map<String, Resource<? extends StageSpec, StageResourceStatus>> stages = new TreeMap<>();
    final Map<String, ObservedAttempt> workers = new TreeMap<>();
    final Map<String, StageFile> files = new TreeMap<>();
    final Map<String, Map<String, Double>> measurements = new TreeMap<>();
    final Map<String, StageResult> results = new TreeMap<>();
    final List<String> created = new ArrayList<>();
    Resource<UnlearningJobSpec, UnlearningJobStatus> job;
    final List<String> attempted = new ArrayList<>();
    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    /** By how much nodes' clocks are off: twice as much at most, early or late, as the attempt's name says. */
    Duration skew = Duration.ZERO;

    World(UnlearningJobSpec spec) {
        var metadata = new Metadata("j", "ns", "uid", 1L, null, null, now);
        job = Resource.of(Kind.UnlearningJob, metadata, spec);
    }

    static UnlearningJobSpec spec(Retry retry, Long deadline) {
        return spec(retry, deadline, null);
    }

    static UnlearningJobSpec spec(Retry retry, Long deadline, Long ttl) {
        return new UnlearningJobSpec(
                "semeval2025-merge",
                Source.of("file:base"),
                RowsSource.of("file:forget.jsonl"),
                RowsSource.of("file:retain.jsonl"),
                null,
                null,
                new Destination("file:out"),
                null,
                null,
                null,
                null,
                new Execution(null, null, retry, deadline, null, null, ttl));
    }

    /** The job suspended or not. */
    void suspend(boolean suspend) {
        change(job.spec().execution().retry(), suspend);
    }

    /** Another number of attempts. */
    void retry(Retry retry) {
        change(retry, job.spec().execution().suspend());
    }

    /** What the job's pods ask for. */
    void compute(Compute compute) {
        change(job.spec().execution().retry(), job.spec().execution().suspend(), compute);
    }

    /** How the specialists are merged, and on what the systems are measured. */
    void merge(MergeSettings merge, List<SuiteSpec> suites) {
        var s = job.spec();
        settings(s.specialists(), merge, new EvaluationSettings(suites, null, null), s.rounds());
    }

    /** So many rounds at most, of specialists that train until a target holds. */
    void rounds(int most) {
        var s = job.spec();
        var until = new TrainingTarget(0.2, 0.1, 0.98, 10, 2);
        var training = new TrainingSettings(
                null, null, null, null, null, null, null, null, "cycle", null, null, null, null, null, null, null,
                until);
        var specialists = Stream.of("over", "under")
                .map(name -> new Specialist(name, null, training, null, null))
                .toList();
        settings(specialists, s.merge(), s.evaluation(), most);
    }

    private void settings(
            List<Specialist> specialists, MergeSettings merge, EvaluationSettings evaluation, Integer rounds) {
        var s = job.spec();
        var spec = new UnlearningJobSpec(
                s.recipe(),
                s.model(),
                s.forget(),
                s.retain(),
                s.decouple(),
                s.template(),
                s.output(),
                specialists,
                merge,
                evaluation,
                rounds,
                s.execution());
        job = new Resource<>(job.apiVersion(), job.kind(), job.metadata(), spec, job.status());
    }

    private void change(Retry retry, Boolean suspend) {
        change(retry, suspend, job.spec().execution().compute());
    }

    /** A new generation, as an API server counts. */
    private void change(Retry retry, Boolean suspend, Compute compute) {
        var s = job.spec();
        var execution = s.execution().withCompute(compute).withRetry(retry).withSuspend(suspend);
        var spec = new UnlearningJobSpec(
                s.recipe(),
                s.model(),
                s.forget(),
                s.retain(),
                s.decouple(),
                s.template(),
                s.output(),
                s.specialists(),
                s.merge(),
                s.evaluation(),
                s.rounds(),
                execution);
        var m = job.metadata();
        var metadata = new Metadata(
                m.name(), m.namespace(), m.uid(), Objects.requireNonNull(m.generation()) + 1, null, null, null);
        job = new Resource<>(job.apiVersion(), job.kind(), metadata, spec, job.status());
    }

    /** One pass over everything; {@code write} is false for one that is cut off before it writes its status. */
    void pass(boolean write) {
        var before = job.status();
        var plan = planner.plan(job, List.copyOf(stages.values()), now);
        assertThat(planner.plan(job, stages.values().stream().toList().reversed(), now))
                .isEqualTo(plan);
        plan.actions().forEach(this::act);
        if (write) {
            job = job.withStatus(plan.status());
            var status = plan.status();
            ConditionCheck.hold(
                    status.phase(),
                    status.conditions(),
                    status.observedGeneration(),
                    job.metadata().generation());
            assertThat(planner.plan(job, List.copyOf(stages.values()), now).status())
                    .as("what was begun changes nothing more")
                    .isEqualTo(status);
        }
        if (before != null && before.phase() != null && before.phase().terminal()) {
            assertThat(plan.actions()).isEmpty();
            assertThat(plan.status().phase()).isEqualTo(before.phase());
        }
        List.copyOf(stages.keySet()).forEach(name -> passStage(stages.get(name), write));
    }

    private <S extends StageSpec> void passStage(Resource<S, StageResourceStatus> stage, boolean write) {
        var before = stage.status();
        var observed = List.copyOf(workers.values());
        var plan = stagePlanner.plan(stage, observed, now);
        assertThat(stagePlanner.plan(stage, observed.reversed(), now)).isEqualTo(plan);
        plan.actions().forEach(action -> act(stage.name(), action));
        if (before != null && before.phase() != null && before.phase().terminal()) {
            assertThat(plan.actions()).allMatch(StageAction.DeleteAttempts.class::isInstance);
            assertThat(plan.status()).isEqualTo(before);
        }
        var counted = plan.status().attempts().stream()
                .filter(a -> a.counted() && a.state() == Attempt.State.Failed)
                .count();
        assertThat(counted).isLessThanOrEqualTo(3);
        if (write) {
            stages.put(stage.name(), stage.withStatus(plan.status()));
            ConditionCheck.hold(plan.status().phase(), plan.status().conditions(), null, null);
        }
    }

    private void act(JobAction action) {
        switch (action) {
            case JobAction.CreateStage(var stage) -> {
                if (!stages.containsKey(stage.name())) {
                    created.add(stage.metadata().labels().get("lethe.dev/stage"));
                    stages.put(stage.name(), stage.withUid("uid of " + stage.name()));
                }
            }
            case JobAction.SuspendStage suspend ->
                stages.computeIfPresent(suspend.stage(), (name, r) -> StageUpdate.of(r, suspend));
            case JobAction.UpdateStage update ->
                stages.computeIfPresent(update.stage(), (name, r) -> StageUpdate.of(r, update));
        }
    }

    private void act(String owner, StageAction action) {
        switch (action) {
            case StageAction.CreateAttempt(var attempt, var file) -> {
                if (attempt.number() > 1) {
                    assertThat(stages.get(owner).status().attempts().getLast().name())
                            .as("in the status before it is created")
                            .isEqualTo(attempt.name());
                }
                files.put(attempt.name(), file);
                attempted.add(attempt.name() + " at " + now);
                workers.merge(attempt.name(), running(attempt.name()), (old, fresh) -> switch (old.state()) {
                    case Vanished, Suspended -> fresh;
                    default -> old;
                });
                assertThat(workers.keySet().stream()
                                .filter(w -> files.get(w).name().equals(owner)
                                        && workers.get(w).state() == State.Running))
                        .as("one worker for each stage")
                        .hasSizeLessThanOrEqualTo(1);
            }
            case StageAction.StopAttempt(var attempt, var reason) -> workers.remove(attempt);
            case StageAction.DeleteAttempts(var names) -> {
                assertThat(stages.get(owner).status())
                        .as("their end is on record before anything is deleted")
                        .matches(status -> status.phase().terminal()
                                || status.attempts().stream()
                                                .filter(it -> it.finished() != null && names.contains(it.name()))
                                                .count()
                                        == names.size());
                workers.keySet().removeAll(names);
            }
        }
    }

    private ObservedAttempt running(String name) {
        return new ObservedAttempt(name, State.Running, null, null, null, null, null, onItsNode(name), null);
    }

    private Instant onItsNode(String attempt) {
        return now.plus(skew.multipliedBy(attempt.hashCode() % 3));
    }

    List<String> running() {
        return workers.values().stream()
                .filter(w -> w.state() == State.Running)
                .map(ObservedAttempt::name)
                .toList();
    }

    void end(String worker, State state, Integer exitCode, dev.lethe.api.status.Reason reason) {
        var report = state == State.Succeeded ? report(worker) : null;
        workers.put(
                worker,
                new ObservedAttempt(worker, state, exitCode, reason, null, null, report, onItsNode(worker), null));
    }

    /** What a worker says last, as it comes out of its pod. */
    private StageReport report(String worker) {
        var result = result(worker);
        var file = files.get(worker);
        results.put(file.name(), result);
        var told = file.spec() instanceof ModelEvaluationSpec evaluation ? evaluation.told() : List.<String>of();
        var report = StageReport.of(result, "sha256:result of " + file.name(), told, Map.of());
        return Documents.parse("termination message", Documents.line(report), StageReport.class);
    }

    private StageResult result(String worker) {
        var file = files.get(worker);
        var metrics = new TreeMap<String, MetricValue>();
        measurements
                .getOrDefault(file.name().replaceFirst("^j-", ""), file.name().equals("j-eval-base") ? BASE : GOOD)
                .forEach((name, value) -> metrics.put(name, new MetricValue(value, 60, null, null)));
        return new StageResult(
                file.name(),
                file.kind(),
                file.spec() instanceof ModelPreparationSpec preparation
                        ? inputs(preparation)
                        : Map.of("model", new StageResult.Input("file:/m/base", "sha256:model", null)),
                new StageResult.Output(file.spec().outputUri(), "sha256:" + file.name(), "x"),
                file.kind() == Kind.ModelEvaluation ? metrics : Map.of(),
                Map.of(),
                null,
                null,
                Map.of(),
                now,
                now,
                Map.of());
    }

    private static Map<String, StageResult.Input> inputs(ModelPreparationSpec preparation) {
        var inputs = new TreeMap<String, StageResult.Input>();
        preparation
                .sources()
                .forEach((role, source) ->
                        inputs.put(role, new StageResult.Input(source.uri(), "sha256:" + role, null)));
        return inputs;
    }

    /** What runs is as if it had not begun. */
    void hold(State state, dev.lethe.api.status.Reason reason, String message) {
        running().forEach(name -> workers.put(name, ObservedAttempt.waiting(name, state, reason, message)));
    }

    /** Queues start what they hold, and nodes take what waits. */
    void admitAll() {
        workers.replaceAll((name, worker) ->
                worker.state() == State.Suspended || worker.state() == State.Pending ? running(name) : worker);
    }

    /** Somebody deletes the workers of the attempts whose end is on record. */
    void deleteEnded() {
        stages.values().stream()
                .flatMap(stage -> stage.status() == null ? Stream.of() : stage.status().attempts().stream())
                .filter(attempt -> attempt.finished() != null)
                .forEach(attempt -> workers.remove(attempt.name()));
    }

    void succeedAll() {
        running().forEach(w -> end(w, State.Succeeded, 0, null));
    }

    /** Begins, up to the trainings. */
    void prepare() {
        settle();
        succeedAll();
        settle();
    }

    /** Passes until nothing but a worker's end can change anything. */
    void settle() {
        for (int i = 0; i < 4; i++) {
            pass(true);
            now = now.plus(Duration.ofSeconds(1));
        }
    }
}
