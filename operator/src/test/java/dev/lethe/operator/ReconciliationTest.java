package dev.lethe.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Condition;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.Verdict;
import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.observation.Queue;
import dev.lethe.planner.stage.StagePlanner;
import dev.lethe.planner.status.Conditions;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReconciliationTest {
    private final FakeCluster cluster = new FakeCluster();
    private final Workers workers = new Workers(cluster);
    private final Rounds rounds = new Rounds(cluster);

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aJobRunsToItsEndAndRestsThen() {
        var job = cluster.client.resource(Samples.job("request")).create();
        rounds.untilRest(workers::step);

        var status = rounds.job(job);
        assertThat(status.phase()).isEqualTo(Phase.Succeeded);
        assertThat(status.verdict()).isEqualTo(Verdict.Passed);
        assertThat(status.stages()).hasSize(9).allMatch(stage -> stage.phase() == Phase.Succeeded);
        assertThat(cluster.jobs()).hasSize(9);
        assertThat(rounds.meters
                        .get("lethe.attempts")
                        .tags("kind", "ModelEvaluation", "outcome", "Succeeded")
                        .counter()
                        .count())
                .isEqualTo(4);

        // Nothing runs again, whatever becomes of the finished Jobs.
        cluster.jobs().forEach(done -> cluster.client.resource(done).delete());
        cluster.writes.clear();
        rounds.timePasses(Duration.ofHours(1));
        rounds.round();
        rounds.round();
        assertThat(cluster.writes).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
    void anOperatorThatDiesAfterAnyWriteMakesOneJobForEachAttempt(int writes) {
        var stage = cluster.client.resource(Samples.merge("m")).create();
        cluster.dieAfter(writes);
        rounds.untilRest(() -> workers.failFirstAttempts() || workers.step());

        var attempts = rounds.stage(stage).attempts();
        assertThat(attempts).extracting(Attempt::state).containsExactly(Attempt.State.Failed, Attempt.State.Succeeded);
        assertThat(cluster.jobs())
                .extracting(job -> job.getMetadata().getName())
                .containsExactlyInAnyOrderElementsOf(
                        attempts.stream().map(Attempt::name).toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whatIsLeftOfAStageGoesOnceItsEndIsOnRecordAndNothingRunsAgain(int writes) {
        var stage = cluster.client
                .resource(Samples.merge("m", "\"ttlSecondsAfterFinished\": 60,"))
                .create();
        cluster.dieAfter(writes);
        rounds.untilRest(() -> workers.failFirstAttempts() || workers.step());

        assertThat(cluster.jobs()).isEmpty();
        assertThat(rounds.stage(stage).attempts())
                .extracting(Attempt::state)
                .containsExactly(Attempt.State.Failed, Attempt.State.Succeeded);
        assertThat(rounds.stage(stage).output()).isNotNull();
        cluster.writes.clear();
        rounds.timePasses(Duration.ofDays(1));
        rounds.round();
        assertThat(cluster.writes).isEmpty();
    }

    /** What cannot be read is not known to be gone: a role that is taken away must not cost anybody an attempt. */
    @Test
    void whatCannotBeReadIsLeftAloneAndWhatHasNotBegunSaysSo() {
        var working = cluster.client.resource(Samples.merge("working")).create();
        rounds.round();
        workers.step("working");
        rounds.timePasses(Duration.ofMinutes(2));
        rounds.round();
        cluster.unread = "pods";
        var fresh = cluster.client.resource(Samples.merge("fresh")).create();
        var job = cluster.client.resource(Samples.job("request")).create();
        cluster.others.batch().v1().jobs().inNamespace(FakeCluster.NAMESPACE).delete();
        rounds.round();

        assertThat(rounds.stage(working).phase()).isEqualTo(Phase.Running);
        assertThat(cluster.jobs()).isEmpty();
        assertThat(Stream.of(rounds.stage(fresh).conditions(), rounds.job(job).conditions()))
                .allSatisfy(it -> assertThat(it.getFirst().message()).contains("cannot read pods"));
        cluster.writes.clear();
        rounds.round();
        assertThat(cluster.writes).isEmpty();

        cluster.unread = null;
        rounds.untilRest(() -> workers.step());
        assertThat(rounds.stage(fresh).phase()).isEqualTo(Phase.Succeeded);
        assertThat(rounds.job(job).phase()).isEqualTo(Phase.Succeeded);
    }

    /** Kueue's {@code manageJobsWithoutQueueName} suspends a Job as it is created; to resume it would be to fight Kueue. */
    @Test
    void aJobThatOthersSuspendIsLeftToThem() {
        var stage = cluster.client.resource(Samples.merge("m")).create();
        cluster.queue = new Queue(Optional.of(new GenericKubernetesResource()), false);
        cluster.suspends = true;
        rounds.round();
        rounds.round();

        assertThat(rounds.reason(stage)).isEqualTo(Reason.Queued);
        assertThat(cluster.jobs()).singleElement().matches(it -> it.getSpec().getSuspend());
        rounds.suspend(stage, true);
        rounds.round();
        assertThat(cluster.jobs()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ours", "another"})
    void aJobThatAnotherReleaseMakesIsTold(String release) {
        cluster.client.resource(Samples.merge("m")).create();
        rounds.workers = Samples.madeBy(release);
        rounds.round();
        rounds.round();
        rounds.round();

        var told = cluster.client.v1().events().inNamespace(FakeCluster.NAMESPACE).list().getItems().stream()
                .filter(it -> it.getReason().equals("ServedTwice"));
        assertThat(told).hasSize(release.equals("ours") ? 0 : 1).allSatisfy(it -> assertThat(it.getMessage())
                .contains("another", "ours"));
    }

    /** Kubernetes keeps a claim for every pod that names it, so what has ended goes, and what is at work ends first. */
    @Test
    void aDeletedClaimIsHeldByNoStageThatHasEnded() {
        var failed = cluster.client.resource(Samples.merge("failed")).create();
        rounds.untilRest(() -> workers.failFirstAttempts() || workers.step());
        var working = cluster.client.resource(Samples.merge("working")).create();
        rounds.round();
        workers.step("working");
        var before = rounds.stage(failed);
        assertThat(cluster.jobs()).hasSize(3);

        rounds.claimsTerminate = true;
        rounds.round();
        assertThat(cluster.jobs()).hasSize(1);
        assertThat(rounds.stage(failed)).isEqualTo(before);
        rounds.untilRest(workers::step);
        assertThat(cluster.jobs()).isEmpty();
        assertThat(rounds.stage(working).phase()).isEqualTo(Phase.Succeeded);
    }

    /** What backup tools restore by default: every object, without status and without owners; in any order. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatABackupBringsBackWithoutItsStatusDoesNotRunAgain(boolean jobFirst) {
        cluster.client.resource(Samples.job("request")).create();
        rounds.untilRest(workers::step);
        var jobs = cluster.allJobs();
        var stages = cluster.allStages();
        Stream.concat(jobs.stream(), stages.stream())
                .forEach(it -> cluster.others.resource(it).delete());
        cluster.jobs().forEach(it -> cluster.others.resource(it).delete());

        restore(jobFirst ? jobs : stages);
        rounds.round();
        restore(jobFirst ? stages : jobs);
        rounds.untilRest(() -> false);

        var job = cluster.allJobs().getFirst();
        assertThat(rounds.job(job).phase()).isEqualTo(Phase.Failed);
        assertThat(rounds.job(job).conditions().getFirst().reason()).isEqualTo(Reason.Restored);
        assertThat(cluster.jobs()).hasSizeLessThanOrEqualTo(jobFirst ? 1 : 0);
        assertThat(cluster.stages(job)).hasSize(9);
        assertThat(cluster.allStages())
                .filteredOn(it -> it.kind() != Kind.ModelPreparation)
                .allMatch(it -> rounds.reason(it) == Reason.Restored);
    }

    private void restore(List<LetheObject> objects) {
        for (var object : objects) {
            var meta = object.getMetadata();
            object.setMetadata(new ObjectMetaBuilder()
                    .withName(meta.getName())
                    .withNamespace(meta.getNamespace())
                    .withLabels(meta.getLabels())
                    .build());
            object.setStatus(null);
            if (cluster.others.resource(object).get() == null) {
                cluster.others.resource(object).create();
            }
        }
    }

    /** A stage that its user labels as a job's, under a name of its own, is the user's. */
    @Test
    void aStageOfOnesOwnWithTheLabelsOfAJobRuns() {
        var own = Samples.merge("third");
        own.getMetadata().setLabels(Map.of("lethe.dev/job", "request", "lethe.dev/stage", "merge"));
        cluster.client.resource(own).create();
        rounds.untilRest(workers::step);
        assertThat(rounds.stage(own).phase()).isEqualTo(Phase.Succeeded);
    }

    @Test
    void aJobThatSomebodyElseMadeIsLeftAloneAndNamed() {
        var stage = cluster.client.resource(Samples.merge("m")).create();
        var name = StagePlanner.openAttempt(ClusterDocuments.stage(stage)).orElseThrow();
        var foreign = cluster.client
                .resource(new JobBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(FakeCluster.NAMESPACE)
                        .endMetadata()
                        .withNewSpec()
                        .endSpec()
                        .build())
                .create();
        rounds.round();
        assertThat(rounds.reason(stage)).isEqualTo(Reason.NameTaken);
        assertThat(cluster.jobs()).containsExactly(foreign);

        cluster.client.resource(foreign).delete();
        rounds.untilRest(workers::step);
        assertThat(rounds.stage(stage).phase()).isEqualTo(Phase.Succeeded);
    }

    /** A ValidatingAdmissionPolicy refuses with 422, as the schema does, but may be changed tomorrow. */
    @Test
    void whatAdmissionDeniesWaitsAndNamesThePolicy() {
        var denial = "ValidatingAdmissionPolicy 'cost' with binding 'cost' denied request: no cost center";
        cluster.others.resource(Samples.merge("m")).create();
        cluster.others.resource(Samples.job("request")).create();
        cluster.denial = denial;
        rounds.round();
        cluster.denial = null;
        assertThat(cluster.allJobs())
                .singleElement()
                .satisfies(job -> says(rounds.job(job).conditions(), denial));
        assertThat(cluster.allStages())
                .singleElement()
                .satisfies(stage -> says(rounds.stage(stage).conditions(), denial));
        rounds.untilRest(workers::step);
        assertThat(cluster.allStages())
                .hasSize(10)
                .allMatch(stage -> rounds.stage(stage).phase() == Phase.Succeeded);
    }

    private static void says(List<Condition> conditions, String message) {
        var ready = Conditions.find(conditions, Conditions.READY).orElseThrow();
        assertThat(ready.reason()).isEqualTo(Reason.ConfigurationFailed);
        assertThat(ready.message()).endsWith(message);
    }

    @Test
    void aReconciliationOfAnOldReadWritesNothing() {
        var old = cluster.client.resource(Samples.merge("m")).create();
        rounds.round();
        rounds.timePasses(Duration.ofMinutes(6));
        rounds.round();
        var status = rounds.stage(old);
        assertThat(status.phase()).isEqualTo(Phase.Pending);
        cluster.writes.clear();
        rounds.reconcile(old);
        assertThat(rounds.stage(old)).isEqualTo(status);
        assertThat(cluster.writes).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1})
    void aRunningStageIsWrittenOnceItHasRunForAWhile(long nodesAhead) {
        workers.nodesAhead = Duration.ofHours(nodesAhead);
        var stage = cluster.client.resource(Samples.merge("m")).create();
        rounds.round();
        workers.step();
        rounds.round();
        assertThat(rounds.stage(stage)).isNull();

        rounds.timePasses(Duration.ofMinutes(3));
        rounds.round();
        assertThat(rounds.stage(stage).phase()).isEqualTo(Phase.Running);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1})
    void aRetryWaitsTenSecondsWhateverItsNodesClockSays(long nodesAhead) {
        workers.nodesAhead = Duration.ofHours(nodesAhead);
        var stage = cluster.client.resource(Samples.merge("m")).create();
        rounds.round();
        workers.failFirstAttempts();
        rounds.round();
        rounds.timePasses(Duration.ofSeconds(9));
        rounds.round();
        assertThat(rounds.stage(stage).attempts()).hasSize(1);
        rounds.timePasses(Duration.ofSeconds(1));
        rounds.round();
        assertThat(rounds.stage(stage).attempts()).hasSize(2);
    }

    @Test
    void aStageThatWaitedLongIsWrittenOnceItHasRunForAMinute() {
        var stage = cluster.client.resource(Samples.merge("m")).create();
        rounds.round();
        rounds.timePasses(Duration.ofMinutes(6));
        rounds.round();
        assertThat(rounds.stage(stage).phase()).isEqualTo(Phase.Pending);

        rounds.timePasses(Duration.ofMinutes(-6));
        workers.step();
        rounds.round();
        assertThat(rounds.stage(stage).phase()).isEqualTo(Phase.Pending);

        rounds.timePasses(Duration.ofMinutes(2));
        rounds.round();
        assertThat(rounds.stage(stage).phase()).isEqualTo(Phase.Running);
    }

    @Test
    void theEndOfAStageThatLeadsToNothingYetIsWrittenAfterAMoment() {
        var job = cluster.client.resource(Samples.job("request")).create();
        rounds.round();
        end("prepare");
        end("eval-base");
        assertThat(rounds.job(job).progress()).as("the job is Running now").isEqualTo("2/9");
        end("train-under");
        assertThat(rounds.job(job).progress()).as("an evaluation begins").isEqualTo("3/9");
        end("eval-under");
        assertThat(rounds.job(job).progress()).isEqualTo("3/9");

        rounds.timePasses(Duration.ofSeconds(21));
        rounds.round();
        assertThat(rounds.job(job).progress()).isEqualTo("4/9");
    }

    /** A Job runs and ends, then its stage and its job are reconciled. */
    private void end(String stage) {
        workers.step(stage);
        workers.step(stage);
        rounds.round();
        rounds.round();
    }

    @Test
    void anotherAttemptWaitsForTheEndOfTheLastOnesPod() {
        var stage = cluster.client.resource(Samples.merge("m")).create();
        rounds.round();
        workers.step();
        rounds.timePasses(Duration.ofMinutes(2));
        rounds.round();
        var robbed = cluster.jobs().getFirst();
        var pod = cluster.pods(robbed).getFirst();
        cluster.others.resource(robbed).delete();
        for (var round = 0; round < 5; round++) {
            rounds.round();
            rounds.timePasses(Duration.ofMinutes(2));
        }
        assertThat(cluster.jobs()).isEmpty();
        assertThat(rounds.reason(stage)).isEqualTo(Reason.Retrying);
        assertThat(Conditions.find(rounds.stage(stage).conditions(), Conditions.READY)
                        .orElseThrow()
                        .message())
                .isEqualTo("waits for the end of pod " + pod.getMetadata().getName() + " of an earlier attempt");

        cluster.others.resource(pod).delete();
        rounds.untilRest(workers::step);
        assertThat(rounds.stage(stage).attempts())
                .extracting(Attempt::state)
                .containsExactly(Attempt.State.Failed, Attempt.State.Succeeded);
    }

    /** The operator may die after any write: the outcome is on record before what runs on is stopped, and it is always stopped. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
    void aStageEndsWithItsWorkerAndTheRestOfItsPodIsStopped(int writes) {
        workers.meshed = true;
        var stage = cluster.client.resource(Samples.merge("m")).create();
        cluster.dieAfter(writes);
        rounds.untilRest(() -> {
            var moved = workers.failFirstAttempts() || workers.step();
            return workers.collectGarbage() || moved;
        });
        assertThat(rounds.stage(stage).attempts())
                .extracting(Attempt::state)
                .containsExactly(Attempt.State.Failed, Attempt.State.Succeeded);
        assertThat(rounds.stage(stage).output()).isNotNull();
        assertThat(cluster.jobs()).isEmpty();
        assertThat(cluster.others
                        .pods()
                        .inNamespace(FakeCluster.NAMESPACE)
                        .list()
                        .getItems())
                .isEmpty();
    }

    @Test
    void aWorkerLearnsOfANewCertificateAuthority() {
        rounds.workers = Samples.workers("one");
        cluster.client.resource(Samples.merge("m")).create();
        rounds.round();
        workers.step();
        assertThat(authority()).isEqualTo("one");
        cluster.writes.clear();
        rounds.round();
        assertThat(cluster.writes).isEmpty();

        rounds.workers = Samples.workers("two");
        rounds.round();
        rounds.round();
        assertThat(authority()).isEqualTo("two");
        assertThat(cluster.writes)
                .singleElement()
                .asString()
                .startsWith("PATCH")
                .contains("/pods/");
    }

    /** The authority that the worker's file has. */
    private String authority() {
        var annotations = cluster.others
                .pods()
                .inNamespace(FakeCluster.NAMESPACE)
                .list()
                .getItems()
                .getFirst()
                .getMetadata();
        return annotations.getAnnotations().get("lethe.dev/progress-ca");
    }

    @Test
    void suspensionHoldsTheJobAndResumptionContinuesIt() {
        var stage = cluster.client.resource(Samples.merge("m")).create();
        rounds.round();
        rounds.round();
        workers.step();
        rounds.timePasses(Duration.ofMinutes(2));
        rounds.round();
        assertThat(rounds.stage(stage).phase()).isEqualTo(Phase.Running);

        rounds.suspend(stage, true);
        rounds.round();
        assertThat(cluster.jobs()).singleElement().matches(job -> job.getSpec().getSuspend());
        assertThat(rounds.stage(stage).phase()).isEqualTo(Phase.Suspended);

        workers.stopSuspended();
        rounds.suspend(stage, false);
        rounds.untilRest(workers::step);
        assertThat(rounds.stage(stage).phase()).isEqualTo(Phase.Succeeded);
        assertThat(rounds.stage(stage).attempts()).hasSize(1);
        assertThat(cluster.jobs()).singleElement().matches(job -> !job.getSpec().getSuspend());
    }
}
