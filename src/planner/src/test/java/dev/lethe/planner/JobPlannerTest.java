package dev.lethe.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Compute;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.MergeInput;
import dev.lethe.api.resource.MergeOutput;
import dev.lethe.api.resource.MergeSearch;
import dev.lethe.api.resource.MergeSettings;
import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.resource.ModelPublicationSpec.Evidence;
import dev.lethe.api.resource.ModelTrainingSpec;
import dev.lethe.api.resource.Retry;
import dev.lethe.api.resource.RowsSource;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.api.resource.TrainingTarget;
import dev.lethe.api.status.Condition;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.ModelReference;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageSummary;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.api.status.Verdict;
import dev.lethe.planner.stage.ObservedAttempt;
import dev.lethe.planner.stage.ObservedAttempt.State;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobPlannerTest {
    private static final Compute DEVICE = Documents.parse(
            "compute", "{\"resources\": {\"limits\": {\"memory\": \"16Gi\", \"nvidia.com/gpu\": 1}}}", Compute.class);

    private final World world = new World(World.spec(new Retry(3), 86400L));

    @Test
    void everyStageBeginsAsSoonAsItCan() {
        world.settle();
        assertThat(world.created).as("nothing before it is prepared").containsExactly("prepare");
        assertThat(summary("train-over").message()).isEqualTo("waits for prepare");
        end("prepare", State.Succeeded, 0);
        assertThat(status().inputs())
                .isEqualTo(Map.of("model", "sha256:model", "forget", "sha256:forget", "retain", "sha256:retain"));
        assertThat(world.created).containsExactly("prepare", "train-over", "train-under", "eval-base");
        assertThat(status().stage()).isEqualTo("train-over,train-under,eval-base");
        assertThat(status().progress()).isEqualTo("1/9");
        assertThat(summary("merge").message()).isEqualTo("waits for train-over, train-under");
        assertThat(summary("merge").reason()).isEqualTo(Reason.WaitingForStage);

        end("train-under", State.Succeeded, 0);
        assertThat(world.created).last().isEqualTo("eval-under");
        end("train-over", State.Succeeded, 0);
        assertThat(world.created).endsWith("eval-over", "merge");
        end("merge", State.Succeeded, 0);
        assertThat(world.created).last().isEqualTo("eval-merge");
        end("eval-merge", State.Succeeded, 0);
        assertThat(status().progress()).isEqualTo("5/9");
        assertThat(status().verdict()).isNull();
        world.succeedAll();
        world.settle();
        assertThat(world.created).last().isEqualTo("publish");
        assertThat(status().verdict()).isEqualTo(Verdict.Passed);
        assertThat(status().model()).isNull();

        world.succeedAll();
        world.settle();
        assertThat(status().phase()).isEqualTo(Phase.Succeeded);
        assertThat(status().progress()).isEqualTo("9/9");
        assertThat(status().model()).isEqualTo(new ModelReference("file:out", "sha256:j-publish"));
        assertThat(status().conditions())
                .extracting(Condition::type, Condition::status, Condition::reason)
                .containsExactly(
                        tuple("Ready", "True", Reason.Published),
                        tuple("Succeeded", "True", Reason.Published),
                        tuple("Finished", "True", Reason.Published));
        assertThat(status().results()).containsOnlyKeys("base", "over", "under", "merge");
    }

    @Test
    void everyStageReadsWhatOthersMadeByTheirDigests() {
        succeed();
        assertThat(world.stages.get("j-merge").spec()).isInstanceOfSatisfying(ModelMergeSpec.class, merge -> {
            assertThat(merge.base()).isEqualTo(new Source("file:base", "sha256:model"));
            assertThat(merge.inputs())
                    .containsExactly(
                            MergeInput.of("over", output("train-over"), "sha256:j-train-over", 1.0),
                            MergeInput.of("under", output("train-under"), "sha256:j-train-under", 1.0));
            assertThat(merge.output()).isEqualTo(new MergeOutput(output("merge"), "model"));
        });
        assertThat(evaluation("base").model()).isEqualTo(new Source("file:base", "sha256:model"));
        assertThat(evaluation("base").adapter()).isNull();
        assertThat(evaluation("base").forget()).isEqualTo(new RowsSource("file:forget.jsonl", "sha256:forget", null));
        assertThat(evaluation("merge").requiredMetrics())
                .containsExactly("semeval2025/forget-knowledge", "semeval2025/retain-knowledge");
        assertThat(evaluation("over").model()).isEqualTo(new Source("file:base", "sha256:model"));
        assertThat(evaluation("over").adapter()).isEqualTo(new Source(output("train-over"), "sha256:j-train-over"));
        assertThat(evaluation("merge").model()).isEqualTo(new Source(output("merge"), "sha256:j-merge"));
        assertThat(world.stages.get("j-publish").spec()).isInstanceOfSatisfying(ModelPublicationSpec.class, publish -> {
            assertThat(publish.model()).isEqualTo(new Source(output("merge"), "sha256:j-merge"));
            assertThat(publish.verdict()).isEqualTo(Verdict.Passed);
            assertThat(publish.gates()).isEqualTo(status().gates()).hasSize(2);
            assertThat(publish.evidence())
                    .hasSize(8)
                    .contains(new Evidence(
                            "eval-base",
                            Kind.ModelEvaluation,
                            output("eval-base"),
                            "sha256:j-eval-base",
                            "sha256:result of j-eval-base"));
        });
    }

    @Test
    void aSearchReadsTheJobsRowsAndAsksForADevice() {
        var search = new MergeSearch(4, null, null, null, null, null);
        world.merge(
                new MergeSettings(null, null, null, null, null, null, search, null),
                List.of(new SuiteSpec("semeval2025", Map.of("nonMembers", Source.of("file:never")))));
        world.compute(DEVICE);
        succeed();
        assertThat(world.stages.get("j-merge").spec()).isInstanceOfSatisfying(ModelMergeSpec.class, merge -> {
            assertThat(merge.method()).isNull();
            assertThat(merge.search().trials()).isEqualTo(4);
            assertThat(merge.forget())
                    .isEqualTo(RowsSource.of("file:forget.jsonl").pinned("sha256:forget"));
            assertThat(merge.retain())
                    .isEqualTo(RowsSource.of("file:retain.jsonl").pinned("sha256:retain"));
            assertThat(world.stages.get("j-train-over").spec())
                    .isInstanceOfSatisfying(ModelTrainingSpec.class, training -> assertThat(merge.template())
                            .isEqualTo(training.template()));
            assertThat(merge.nonMembers()).isEqualTo(new Source("file:never", "sha256:semeval2025/nonMembers"));
            assertThat(merge.execution().compute()).isEqualTo(DEVICE);
        });
    }

    @Test
    void aTrainingToATargetReadsTheDocumentsThatTheModelNeverSaw() {
        var suites = List.of(new SuiteSpec("semeval2025", Map.of("nonMembers", Source.of("file:never"))));
        world.merge(null, suites);
        world.rounds(1);
        succeed();
        assertThat(world.stages.get("j-train-over").spec())
                .isInstanceOfSatisfying(ModelTrainingSpec.class, training -> assertThat(training.nonMembers())
                        .isEqualTo(new Source("file:never", "sha256:semeval2025/nonMembers")));
    }

    @Test
    void onlyWhatComputesOnADeviceAsksForOne() {
        var limits = Map.of("memory", "16Gi", "nvidia.com/gpu", "1");
        world.compute(DEVICE);
        succeed();
        world.stages.forEach((name, stage) -> assertThat(
                        stage.spec().execution().compute().resources().limits())
                .as(name)
                .isEqualTo(name.matches("j-(train|eval)-.*") ? limits : Map.of("memory", "16Gi")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
            0.05 | 0.9 | Passed       | Succeeded | Published         | the model stands at file:out
            0.5  | 0.9 | Failed       | Failed    | GatesFailed       | semeval2025/forget-knowledge: 0.5 is above max 0.1
            0.5  | 0.7 | Failed       | Failed    | GatesFailed       | semeval2025/forget-knowledge: 0.5 is above max 0.1; semeval2025/retain-knowledge: 0.7 is below minOfBase 0.8
            0.05 | -   | Inconclusive | Failed    | GatesInconclusive | semeval2025/retain-knowledge: was not measured
            """)
    void onlyWhatPassedIsPublished(
            Double forget, Double retain, Verdict verdict, Phase phase, Reason reason, String message) {
        world.measurements.put(
                "eval-merge",
                retain == null
                        ? Map.of("semeval2025/forget-knowledge", forget)
                        : Map.of("semeval2025/forget-knowledge", forget, "semeval2025/retain-knowledge", retain));
        succeed();
        assertThat(status().verdict()).isEqualTo(verdict);
        assertThat(status().phase()).isEqualTo(phase);
        assertThat(ready().reason()).isEqualTo(reason);
        assertThat(ready().message()).isEqualTo(message);
        assertThat(summary("publish").phase()).isEqualTo(verdict == Verdict.Passed ? Phase.Succeeded : Phase.Skipped);
        assertThat(world.stages.containsKey("j-publish")).isEqualTo(verdict == Verdict.Passed);
    }

    @Test
    void whereTheGatesRefuseTheMergeTheSpecialistsTrainOn() {
        world.rounds(2);
        world.measurements.put("eval-merge", refused(0.5));
        succeedUntil("train-over-r2");
        assertThat(world.created).endsWith("train-over-r2", "train-under-r2");
        assertThat(ready().reason()).isEqualTo(Reason.Progressing);
        assertThat(ready().message())
                .isEqualTo("round 2 of 2 (semeval2025/forget-knowledge: 0.5 is above max 0.1), at work: train-over-r2,"
                        + " train-under-r2");
        assertThat(status().verdict()).isNull();
        assertThat(status().progress()).isEqualTo("8/13");
        assertThat(summary("merge-r2").message()).isEqualTo("waits for train-over-r2, train-under-r2");
        var first = training("over");
        var further = training("over-r2");
        assertThat(further.model()).isEqualTo(first.model());
        assertThat(first.adapter()).isNull();
        assertThat(further.adapter()).isEqualTo(new Source(output("train-over"), "sha256:j-train-over"));
        assertThat(further.training())
                .isEqualTo(first.training().withUntil(new TrainingTarget(0.1, 0.05, 0.98, 10, 4)));

        succeed();
        assertThat(world.created).endsWith("merge-r2", "eval-merge-r2", "publish");
        assertThat(world.stages.get("j-merge-r2").spec())
                .isInstanceOfSatisfying(ModelMergeSpec.class, merge -> assertThat(merge.inputs())
                        .contains(MergeInput.of("over", output("train-over-r2"), "sha256:j-train-over-r2", 1.0)));
        assertThat(evaluation("merge-r2").model()).isEqualTo(new Source(output("merge-r2"), "sha256:j-merge-r2"));
        assertThat(world.stages.get("j-publish").spec()).isInstanceOfSatisfying(ModelPublicationSpec.class, publish -> {
            assertThat(publish.model()).isEqualTo(new Source(output("merge-r2"), "sha256:j-merge-r2"));
            assertThat(publish.evidence()).extracting(Evidence::stage).contains("merge", "train-over-r2");
        });
        assertThat(status().phase()).isEqualTo(Phase.Succeeded);
        assertThat(status().gates()).extracting(GateResult::value).containsExactly(0.05, 0.9);
        assertThat(status().results()).containsOnlyKeys("base", "over", "under", "merge", "merge-r2");
    }

    @Test
    void afterTheLastRoundTheJobFailsWithWhatBinds() {
        world.rounds(3);
        world.measurements.putAll(
                Map.of("eval-merge", refused(0.5), "eval-merge-r2", refused(0.3), "eval-merge-r3", refused(0.2)));
        succeed();
        succeed();
        assertThat(training("under-r3").adapter())
                .isEqualTo(new Source(output("train-under-r2"), "sha256:j-train-under-r2"));
        assertThat(training("under-r3").training().until()).isEqualTo(new TrainingTarget(0.05, 0.025, 0.98, 10, 8));
        succeed();
        assertThat(status().phase()).isEqualTo(Phase.Failed);
        assertThat(ready().reason()).isEqualTo(Reason.GatesFailed);
        assertThat(ready().message()).isEqualTo("after 3 rounds: semeval2025/forget-knowledge: 0.2 is above max 0.1");
        assertThat(world.created).contains("eval-merge-r3").doesNotContain("train-over-r4", "publish");
    }

    @Test
    void trainingCuresNoMissingMeasurement() {
        world.rounds(2);
        world.measurements.put("eval-merge", Map.of("semeval2025/forget-knowledge", 0.5));
        succeed();
        assertThat(status().phase()).isEqualTo(Phase.Failed);
        assertThat(world.created).doesNotContain("train-over-r2");
    }

    @Test
    void aRoundThatWasBegunStaysWhateverIsSeenOfThoseBefore() {
        world.rounds(2);
        world.measurements.put("eval-merge", refused(0.5));
        succeedUntil("eval-merge");
        world.succeedAll();
        world.pass(true);
        world.pass(false);
        assertThat(world.created).last().isEqualTo("train-under-r2");
        world.measurements.clear();
        world.stages.remove("j-eval-merge");
        succeed();
        assertThat(status().phase()).isEqualTo(Phase.Succeeded);
        assertThat(world.created).endsWith("eval-merge", "merge-r2", "eval-merge-r2", "publish");
    }

    /** Lets everything succeed that runs, until a stage is created. */
    private void succeedUntil(String stage) {
        world.settle();
        while (!world.created.contains(stage)) {
            world.succeedAll();
            world.settle();
        }
    }

    private static Map<String, Double> refused(double forget) {
        return Map.of("semeval2025/forget-knowledge", forget, "semeval2025/retain-knowledge", 0.9);
    }

    private ModelTrainingSpec training(String specialist) {
        return (ModelTrainingSpec) world.stages.get("j-train-" + specialist).spec();
    }

    @Test
    void aFailedStageFailsTheJobAndStopsItsSiblings() {
        world.prepare();
        end("train-over", State.Failed, 65);
        assertThat(status().phase()).isEqualTo(Phase.Failed);
        assertThat(ready().reason()).isEqualTo(Reason.StageFailed);
        assertThat(ready().message()).isEqualTo("train-over: exit code 65");
        assertThat(world.running()).isEmpty();
        assertThat(phases())
                .isEqualTo(
                        "prepare Succeeded, train-over Failed, train-under Skipped, eval-base Skipped, eval-over Skipped,"
                                + " eval-under Skipped, merge Skipped, eval-merge Skipped, publish Skipped");
        assertThat(status().conditions()).extracting(Condition::type).contains("Ready", "Stalled");
    }

    @Test
    void aRetryIsSaidInTheJobsMessage() {
        world.prepare();
        var worker = worker("train-over");
        world.end(worker, State.Failed, 137, null);
        world.pass(true);
        world.pass(true);
        assertThat(ready().message())
                .contains("train-over (attempt 1: exit code 137; the next starts at ")
                .endsWith("), train-under, eval-base");
        assertThat(summary("train-over").reason()).isEqualTo(Reason.Retrying);
    }

    @Test
    void aJobThatItsQueueHoldsSaysSoAndItsClockStands() {
        world.prepare();
        world.hold(State.Suspended, null, "waits for quota of nvidia.com/gpu in team-a");
        world.settle();
        assertThat(status().phase()).isEqualTo(Phase.Queued);
        assertThat(ready().reason()).isEqualTo(Reason.Queued);
        assertThat(ready().message()).contains("train-over (waits for quota of nvidia.com/gpu in team-a)");
        assertThat(summary("train-over").phase()).isEqualTo(Phase.Queued);

        world.now = world.now.plus(Duration.ofDays(3));
        world.hold(State.Suspended, Reason.Preempted, "preempted by a higher priority");
        world.admitAll();
        world.settle();
        assertThat(status().phase()).isEqualTo(Phase.Running);
        assertThat(status().suspendedSeconds()).isGreaterThan(3 * 86400);
        succeed();
        assertThat(status().phase()).isEqualTo(Phase.Succeeded);
    }

    @Test
    void whyNothingRunsIsTheJobsReasonUntilSomethingDoes() {
        world.prepare();
        world.hold(State.Pending, Reason.Unschedulable, "0/1 nodes are available: 1 Insufficient nvidia.com/gpu.");
        world.settle();
        assertThat(status().phase()).isEqualTo(Phase.Pending);
        assertThat(ready().reason()).isEqualTo(Reason.Unschedulable);
        assertThat(ready().message()).contains("Insufficient nvidia.com/gpu");
        assertThat(summary("train-under").reason()).isEqualTo(Reason.Unschedulable);

        world.workers.computeIfPresent(
                world.workers.keySet().iterator().next(), (name, it) -> ObservedAttempt.of(name, State.Running));
        world.settle();
        assertThat(status().phase()).isEqualTo(Phase.Running);
        assertThat(ready().reason()).isEqualTo(Reason.Progressing);
        assertThat(ready().message()).contains("Insufficient nvidia.com/gpu");
    }

    @Test
    void howOftenToTryReachesStagesThatExist() {
        world.prepare();
        world.retry(new Retry(7));
        world.pass(true);
        assertThat(world.stages.values())
                .filteredOn(stage -> !stage.status().phase().terminal())
                .hasSize(3)
                .allMatch(stage -> stage.spec().execution().retry().equals(new Retry(7)));
        assertThat(world.planner
                        .plan(world.job, List.copyOf(world.stages.values()), world.now)
                        .actions())
                .noneMatch(JobAction.UpdateStage.class::isInstance);
    }

    @Test
    void suspensionStopsWhatIsAtWorkAndStopsTheClock() {
        world.prepare();
        world.suspend(true);
        world.settle();
        assertThat(world.running()).isEmpty();
        assertThat(status().phase()).isEqualTo(Phase.Suspended);
        assertThat(status().observedGeneration()).isEqualTo(2);
        assertThat(world.stages.values())
                .filteredOn(stage -> stage.spec() instanceof ModelTrainingSpec)
                .hasSize(2)
                .allMatch(stage -> stage.status().phase() == Phase.Suspended)
                .allMatch(stage -> stage.status().attempts().size() == 1);

        world.now = world.now.plus(Duration.ofDays(3));
        world.suspend(false);
        world.settle();
        assertThat(status().suspendedSeconds()).isGreaterThan(3 * 86400);
        assertThat(world.running()).hasSize(3).allMatch(name -> name.contains("-1-"));
        succeed();
        assertThat(status().phase()).isEqualTo(Phase.Succeeded);
    }

    @Test
    void aJobCreatedSuspendedCreatesNothing() {
        world.suspend(true);
        world.settle();
        assertThat(world.created).isEmpty();
        assertThat(status().started()).isNull();
        assertThat(summary("prepare").reason()).isEqualTo(Reason.Suspended);
        world.suspend(false);
        world.settle();
        assertThat(world.created).containsExactly("prepare");
    }

    @Test
    void theDeadlineStopsEverything() {
        world.prepare();
        var deadline = Instant.parse("2026-01-02T00:00:00Z");
        world.now = deadline.minusMillis(1);
        var plan = world.planner.plan(world.job, List.copyOf(world.stages.values()), world.now);
        assertThat(plan.actions()).isEmpty();
        assertThat(plan.requeueAt()).contains(deadline);
        world.now = deadline;
        world.settle();
        assertThat(status().phase()).isEqualTo(Phase.Failed);
        assertThat(ready().reason()).isEqualTo(Reason.DeadlineExceeded);
        assertThat(ready().message()).startsWith("was active for 86400 s").contains("last: train-");
        assertThat(world.running()).isEmpty();
    }

    /** For how many seconds more the end of a stage is not written, as it leads to nothing yet. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
            eval-base   | Succeeded | 0  | 20
            eval-base   | Succeeded | 19 | 1
            eval-base   | Succeeded | 20 | -
            eval-base   | Succeeded | -1 | -
            train-under | Succeeded | 0  | -
            eval-base   | Failed    | 0  | -
            eval-base   | Running   | 0  | -
            """)
    void theEndOfAStageIsDeferred(String stage, State state, int secondsAgo, Long seconds) {
        world.prepare();
        world.end(worker(stage), state, state == State.Failed ? 65 : 0, null);
        world.pass(true);
        var now = world.now.plusSeconds(secondsAgo);
        var plan = planInCluster(now);
        assertThat(plan.deferUntil().map(until -> Duration.between(now, until).toSeconds()))
                .isEqualTo(Optional.ofNullable(seconds));
        assertThat(plan.requeueAt().map(time -> Duration.between(now, time).toSeconds()))
                .isEqualTo(state == State.Failed ? Optional.empty() : Optional.of(20L));
    }

    @Test
    void aBlockedPlanIsWrittenAtOnceAndTriedAgain() {
        world.prepare();
        world.end(worker("eval-base"), State.Succeeded, 0, null);
        world.pass(true);
        var plan = planInCluster(world.now);
        assertThat(plan.deferUntil()).isPresent();
        var blocked = new JobPlanner(world.planner.layout(), Timings.CLUSTER)
                .blocked(world.job, plan, Reason.DestinationTaken, "why", world.now);
        assertThat(blocked.status().conditions())
                .extracting(Condition::type, Condition::reason, Condition::message)
                .contains(
                        tuple("Ready", Reason.DestinationTaken, "why"),
                        tuple("Stalled", Reason.DestinationTaken, "why"));
        assertThat(blocked.status().stages()).isEqualTo(plan.status().stages());
        assertThat(blocked.requeueAt()).contains(world.now.plusSeconds(10));
        assertThat(blocked.deferUntil()).isEmpty();
    }

    private Plan<UnlearningJobStatus, JobAction> planInCluster(Instant now) {
        return new JobPlanner(world.planner.layout(), Timings.CLUSTER)
                .plan(world.job, List.copyOf(world.stages.values()), now);
    }

    @Test
    void whatEndedIsRememberedThoughItsResourceIsGone() {
        world.prepare();
        world.succeedAll();
        world.settle();
        world.stages.clear();
        world.created.clear();
        world.settle();
        assertThat(world.created).doesNotContain("train-over", "train-under", "eval-base");
        succeed();
        assertThat(status().phase()).isEqualTo(Phase.Succeeded);
        assertThat(status().gates()).hasSize(2);
    }

    /** Lets everything succeed that runs, until nothing does. */
    private void succeed() {
        for (int i = 0; i < 7; i++) {
            world.settle();
            world.succeedAll();
        }
        world.settle();
    }

    private void end(String stage, State state, int exitCode) {
        world.end(worker(stage), state, exitCode, null);
        world.settle();
    }

    private String worker(String stage) {
        return world.running().stream()
                .filter(name -> name.startsWith("j-" + stage + "-1-"))
                .findFirst()
                .orElseThrow();
    }

    private UnlearningJobStatus status() {
        return world.job.status();
    }

    private Condition ready() {
        return status().conditions().getFirst();
    }

    private StageSummary summary(String stage) {
        return status().stages().stream()
                .filter(s -> s.name().equals(stage))
                .findFirst()
                .orElseThrow();
    }

    private String phases() {
        return status().stages().stream().map(s -> s.name() + " " + s.phase()).collect(Collectors.joining(", "));
    }

    private ModelEvaluationSpec evaluation(String system) {
        return (ModelEvaluationSpec) world.stages.get("j-eval-" + system).spec();
    }

    private String output(String stage) {
        return Layout.local(Path.of("/work")).output(world.job, stage);
    }
}
