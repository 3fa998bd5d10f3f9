package dev.lethe.planner.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lethe.api.resource.Gate;
import dev.lethe.api.status.Condition;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.ModelReference;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Progress;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.Verdict;
import dev.lethe.planner.Timings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StagePlannerTest {
    /**
     * A story, one pass after each word: {@code run}, {@code ok}, {@code exit:N} and so on happen to the open attempt,
     * {@code +N} lets N seconds pass, {@code -} nothing. An attempt's {@code !} says that it counts. Expected: the status, the actions of the last plan, and when it is made again.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            -                                      | Pending Pending             | 1:Planned                                 | Create 1
            - -                                    | Pending Pending             | 1:Planned                                 | Create 1
            - - -                                  | Pending Pending             | 1:Planned                                 | Create 1
            - gone                                 | Pending Pending             | 1:Planned                                 | Create 1
            - run                                  | Running Progressing         | 1:Running                                 |
            - queued                               | Queued Queued               | 1:Planned                                 |
            - queued run                           | Running Progressing         | 1:Running                                 |
            - run queued                           | Queued Queued               | 1:Planned                                 |
            - run preempted                        | Queued Preempted            | 1:Planned                                 |
            - run preempted run ok                 | Succeeded Succeeded         | 1:Succeeded                               |
            - waits:Unschedulable                  | Pending Unschedulable       | 1:Planned                                 |
            - waits:ImagePullFailed                | Pending ImagePullFailed     | 1:Planned                                 |
            - waits:ClaimMissing run               | Running Progressing         | 1:Running                                 |
            - waits:QuotaExceeded gone             | Pending Pending             | 1:Planned                                 | Create 1
            - waits:Unschedulable suspend          | Suspended Suspended         | 1:Planned:Suspended                       | Stop 1 Suspended
            - run queued run                       | Running Progressing         | 1:Running                                 |
            - run ok                               | Succeeded Succeeded         | 1:Succeeded                               |
            - ok                                   | Succeeded Succeeded         | 1:Succeeded                               |
            - run ok gone                          | Succeeded Succeeded         | 1:Succeeded                               |
            - run ok exit:1                        | Succeeded Succeeded         | 1:Succeeded                               |
            - run noresult                         | Pending Retrying            | 1:Failed:AttemptFailed!                   | Wait +1
            - run exit:65                          | Failed InvalidInput         | 1:Failed:InvalidInput!                    |
            - run exit:77                          | Failed RefusedInput         | 1:Failed:RefusedInput!                    |
            - run exit:77 gone - +99               | Failed RefusedInput         | 1:Failed:RefusedInput!                    |
            - run exit:3                           | Pending Retrying            | 1:Failed:OutOfMemory!                     | Wait +1
            - run exit:71                          | Pending Retrying            | 1:Failed:OutOfMemory!                     | Wait +1
            - run exit:2                           | Pending Retrying            | 1:Failed:AttemptFailed!                   | Wait +1
            - run exit:75                          | Pending Retrying            | 1:Failed:TemporaryFailure!                | Wait +1
            - run exit:137                         | Pending Retrying            | 1:Failed:AttemptFailed!                   | Wait +1
            - run gone                             | Pending Retrying            | 1:Failed:JobDisappeared!                  | Wait +1
            - run oom                              | Pending Retrying            | 1:Failed:OutOfMemory!                     | Wait +1
            - run timeout                          | Pending Retrying            | 1:Failed:DeadlineExceeded                 | Wait +1
            - run disrupted                        | Pending Retrying            | 1:Failed:Disrupted                        | Wait +1
            - disrupted +1 disrupted +1 disrupted  | Pending Retrying            | 1:Failed:Disrupted 2:Failed:Disrupted 3:Failed:Disrupted | Wait +1
            - run exit:1 +1                        | Pending Retrying            | 1:Failed:AttemptFailed! 2:Planned         | Wait +0
            - run exit:1 +1 -                      | Pending Retrying            | 1:Failed:AttemptFailed! 2:Planned         | Create 2
            - run exit:1 +1 run exit:1             | Pending Retrying            | 1:Failed:AttemptFailed! 2:Failed:AttemptFailed! | Wait +2
            - run exit:1 +1 run exit:1 +1          | Pending Retrying            | 1:Failed:AttemptFailed! 2:Failed:AttemptFailed! | Wait +1
            - exit:1 +1 exit:1 +2 exit:75          | Failed AttemptsExhausted    | 1:Failed:AttemptFailed! 2:Failed:AttemptFailed! 3:Failed:TemporaryFailure! |
            - exit:1 +1 exit:1 +2 ok               | Succeeded Succeeded         | 1:Failed:AttemptFailed! 2:Failed:AttemptFailed! 3:Succeeded |
            - disrupted +1 exit:1 +2 exit:1 +4     | Pending Retrying            | 1:Failed:Disrupted 2:Failed:AttemptFailed! 3:Failed:AttemptFailed! 4:Planned | Wait +0
            suspend                                | Suspended Suspended         |                                           |
            suspend resume                         | Pending Pending             | 1:Planned                                 | Create 1
            - suspend                              | Suspended Suspended         | 1:Planned:Suspended                       | Stop 1 Suspended
            - run suspend                          | Suspended Suspended         | 1:Planned:Suspended                       | Stop 1 Suspended
            - run suspend -                        | Suspended Suspended         | 1:Planned:Suspended                       | Stop 1 Suspended
            - run suspend gone                     | Suspended Suspended         | 1:Planned:Suspended                       |
            - run suspend queued                   | Suspended Suspended         | 1:Planned:Suspended                       |
            - run suspend gone resume              | Pending Pending             | 1:Planned                                 | Create 1
            - run suspend queued resume            | Pending Pending             | 1:Planned                                 | Create 1
            - run suspend queued resume run        | Running Progressing         | 1:Running                                 |
            - run suspend ok                       | Succeeded Succeeded         | 1:Succeeded                               |
            - run suspend exit:65                  | Failed InvalidInput         | 1:Failed:InvalidInput!                    |
            - run suspend exit:143                 | Suspended Suspended         | 1:Failed:Suspended                        |
            - run suspend resume143                | Pending Retrying            | 1:Failed:Suspended                        | Wait +1
            - run suspend exit:143 resume +1       | Pending Retrying            | 1:Failed:Suspended 2:Planned              | Wait +0
            - run suspendgone                      | Suspended Suspended         | 1:Planned:Suspended                       |
            """)
    void everyStoryHasItsEnd(String story, String phase, String attempts, String actions) {
        var told = new Story(null);
        told.tell(story);
        told.expect(phase, attempts, actions);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            - run                                  | Running Progressing         | 1:Running                                 | Wait +100
            - run +40                              | Running Progressing         | 1:Running                                 | Wait +60
            - run +100                             | Failed DeadlineExceeded     | 1:Failed:DeadlineExceeded!                | Stop 1 DeadlineExceeded
            - run +100 +1 run                      | Failed DeadlineExceeded     | 1:Failed:DeadlineExceeded!                |
            - run +60 suspend gone +999            | Suspended Suspended         | 1:Planned:Suspended                       |
            - run +60 suspend gone +999 resume run | Running Progressing         | 1:Running                                 | Wait +40
            - queued +999                          | Queued Queued               | 1:Planned                                 |
            - queued +999 run                      | Running Progressing         | 1:Running                                 | Wait +100
            - run +60 preempted +999               | Queued Preempted            | 1:Planned                                 |
            - run +60 preempted +999 run           | Running Progressing         | 1:Running                                 | Wait +40
            - waits:ImagePullFailed +100           | Failed DeadlineExceeded     | 1:Failed:DeadlineExceeded!                | Stop 1 DeadlineExceeded
            - run timeout +100                     | Failed DeadlineExceeded     | 1:Failed:DeadlineExceeded                 |
            - run exit:1                           | Pending Retrying            | 1:Failed:AttemptFailed!                   | Wait +1
            - run exit:1 +100                      | Failed DeadlineExceeded     | 1:Failed:AttemptFailed!                   |
            """)
    void theDeadlineDoesNotCountSuspendedTime(String story, String phase, String attempts, String actions) {
        var told = new Story(100L);
        told.tell(story);
        told.expect(phase, attempts, actions);
    }

    /** Waiting is not running, and what it waited for stays to be read. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            - +100                        | waited for 100 s, the most that activeDeadlineSeconds allows, and never ran
            - waits:Unschedulable +100    | waited for 100 s, the most that activeDeadlineSeconds allows, and never ran; it waited: Unschedulable
            - waits:Unschedulable run +100 | was active for 100 s, the most that activeDeadlineSeconds allows
            - run +100                    | was active for 100 s, the most that activeDeadlineSeconds allows
            - run exit:1 +1 - waits:QuotaExceeded +99 | was active for 100 s, the most that activeDeadlineSeconds allows; it waited: QuotaExceeded
            """)
    void aDeadlineSaysWhatTheTimeWentTo(String story, String message) {
        var told = new Story(100L);
        told.tell(story);
        assertThat(told.stage.status().conditions().getFirst().message()).isEqualTo(message);
    }

    /** While no operator ran, the Job's own deadline took the pod away, and its words with it. */
    @Test
    void theWordsOfAWaitOutliveItsPod() {
        var told = new Story(100L);
        told.tell("- waits:ClaimMissing:absent");
        told.now = told.now.plusSeconds(200);
        told.tell("timeout");
        assertThat(told.stage.status().conditions().getFirst().message())
                .endsWith("and never ran; it waited: ClaimMissing: absent");
    }

    @ParameterizedTest
    @CsvSource({
        "disrupted, '(exit code 143, not counted)'",
        "scratch, '(exit code 137, counted)'",
        "exit:1, 'exit code 1'"
    })
    void anAttemptThatWasStoppedSaysWhetherItCounts(String end, String words) {
        var told = new Story(null);
        told.tell("- run " + end);
        assertThat(told.stage.status().attempts().getFirst().message()).endsWith(words);
    }

    @Test
    void gatesAreDecidedFromTheNumbersThatTheWorkerToldOf() {
        var gates =
                new Gate[] {new Gate(Story.METRIC, 0.1, null, null, null), new Gate(Story.METRIC, null, null, 0.5, null)
                };
        var told = new Story(null, gates);
        told.tell("- run ok");
        var status = told.stage.status();
        assertThat(status.output()).isEqualTo(new ModelReference("file:out", "sha256:1"));
        assertThat(status.metrics()).containsEntry(Story.METRIC, new MetricValue(0.05, 60, null, null));
        assertThat(status.gates())
                .extracting(GateResult::verdict)
                .containsExactly(Verdict.Passed, Verdict.Inconclusive);
        assertThat(status.verdict()).isEqualTo(Verdict.Inconclusive);
        assertThat(status.started()).isEqualTo(Story.START);
        assertThat(status.finished()).isEqualTo(told.now);
    }

    /** Whoever waits for an evaluation goes on only where its gates pass; one bound that is not met outweighs one not measured. */
    @ParameterizedTest
    @CsvSource({
        "0.05,   , Succeeded, Succeeded",
        "0.04,   , Failed,    GatesFailed",
        "0.05, 1 , Failed,    GatesInconclusive",
        "0.04, 1 , Failed,    GatesFailed"
    })
    void anEvaluationAloneSucceedsWhereItsGatesPass(double max, Double ofBase, Phase phase, Reason reason) {
        var told = new Story(null, new Gate(Story.METRIC, max, null, ofBase, null));
        told.tell("- run ok");
        told.expect(phase + " " + reason, "1:Succeeded", null);
        var status = told.stage.status();
        assertThat(status.verdict().name())
                .isEqualTo(reason.name().replace("Gates", "").replace("Succeeded", "Passed"));
        assertThat(status.output()).isNotNull();
        told.tell("gone +999 exit:1");
        assertThat(told.stage.status()).isEqualTo(status);
    }

    @Test
    void aStageBeganWhenItWasCreatedHoweverLateItsFirstStatusIs() {
        var told = new Story(null);
        told.tell("+40");
        assertThat(told.stage.status().started()).isEqualTo(Story.START);
    }

    @Test
    void whatHasSucceededIsAllDoneWhateverWasReportedLast() {
        var told = new Story(null);
        told.tell("- run");
        var half = new Progress(30, 60, "rows", null, null, 2.0, "rows", 15L, Story.START);
        var attempt = told.stage.status().attempts().getLast().name();
        told.observed = List.of(
                new ObservedAttempt(attempt, ObservedAttempt.State.Running, null, null, null, half, null, null, null));
        told.tell("-");
        assertThat(told.stage.status().progress()).isEqualTo(half);
        told.tell("ok");
        assertThat(told.stage.status().progress().percent()).isEqualTo("100%");
        assertThat(told.stage.status().progress().etaSeconds()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            - run ok                     | Succeeded Succeeded   | 1:Succeeded                           | Wait +60
            - run ok +59                 | Succeeded Succeeded   | 1:Succeeded                           | Wait +1
            - run ok +60                 | Succeeded Succeeded   | 1:Succeeded                           | Delete 1
            - run ok +60 gone            | Succeeded Succeeded   | 1:Succeeded                           | Delete 1
            - run exit:1 +1 - run        | Running Progressing   | 1:Failed:AttemptFailed! 2:Running     | Wait +59
            - run exit:1 +1 - run +59    | Running Progressing   | 1:Failed:AttemptFailed! 2:Running     | Delete 1
            - run exit:1 +1 - run +59 ok | Succeeded Succeeded   | 1:Failed:AttemptFailed! 2:Succeeded   | Delete 1, Wait +60
            - run exit:1 +1 - run ok +60 | Succeeded Succeeded   | 1:Failed:AttemptFailed! 2:Succeeded   | Delete 1, Delete 2
            - run exit:1 +1 suspend +60  | Suspended Suspended   | 1:Failed:AttemptFailed! 2:Planned:Suspended | Delete 1
            """)
    void whatIsLeftOfAnAttemptGoesAMinuteAfterItsEnd(String story, String phase, String attempts, String actions) {
        var told = new Story(null);
        told.planner =
                new StagePlanner(new StageFiles(Mounts.local(Path.of("/m"))), Timings.LOCAL, Duration.ofSeconds(60));
        told.tell(story);
        told.expect(phase, attempts, actions);
    }

    @Test
    void nothingIsDeletedBeforeItsEndWasReadFromTheRecord() {
        var told = new Story(null);
        told.planner = new StagePlanner(new StageFiles(Mounts.local(Path.of("/m"))), Timings.LOCAL, Duration.ZERO);
        told.tell("- run ok");
        told.expect("Succeeded Succeeded", "1:Succeeded", "Wait +0");
        told.tell("-");
        told.expect("Succeeded Succeeded", "1:Succeeded", "Delete 1");
    }

    @Test
    void anEndThatAnotherLeaderSawAnHourAheadDelaysNothing() {
        var told = new Story(null);
        told.tell("- run +3600 exit:1");
        told.now = Story.START;
        told.tell("-");
        told.expect("Pending Retrying", "1:Failed:AttemptFailed!", "Wait +1");
        told.tell("+1");
        told.expect("Pending Retrying", "1:Failed:AttemptFailed! 2:Planned", "Wait +0");
    }

    @ParameterizedTest
    @ValueSource(ints = {-3600, 3600})
    void theDeadlineIsOfTheClockThatItIsHeldAgainst(int ahead) {
        var told = new Story(100L);
        told.created = Story.START.plusSeconds(ahead);
        told.tell("- run +99");
        told.expect("Running Progressing", "1:Running", "Wait +1");
        told.tell("+1");
        told.expect("Failed DeadlineExceeded", "1:Failed:DeadlineExceeded!", "Stop 1 DeadlineExceeded");
    }

    @Test
    void anAttemptThatHasReportedWasThereThoughNoStatusTellsOfIt() {
        var told = new Story(null);
        var report = new Progress(30, 60, "rows", null, null, 2.0, "rows", 15L, Story.START);
        told.stage = told.stage.withStatus(new StageResourceStatus(
                -1L, null, List.of(), List.of(), report, null, null, null, null, null, null, null, null, null, null));
        told.tell("gone");
        told.expect("Pending Retrying", "1:Failed:JobDisappeared!", "Wait +1");
    }

    @Test
    void transitionTimesMoveOnlyWithTheStatusAndEveryGenerationIsObserved() {
        var told = new Story(null);
        told.tell("- run +10");
        assertThat(told.stage.status().conditions())
                .extracting(Condition::lastTransitionTime)
                .containsOnly(Story.START);
        told.tell("ok");
        assertThat(told.stage.status().conditions())
                .contains(new Condition("Ready", "True", Reason.Succeeded, null, 1L, told.now));

        var ended = told.now;
        told.generation = 2;
        told.tell("+50");
        assertThat(told.stage.status().observedGeneration()).isEqualTo(2);
        assertThat(told.stage.status().conditions())
                .contains(new Condition("Ready", "True", Reason.Succeeded, null, 2L, ended));
    }

    @Test
    void remembersAllThatCountsAndTheLastThatDoesNot() {
        var told = new Story(null);
        told.tell("- exit:1 +1");
        for (int i = 0; i < 30; i++) {
            told.tell("disrupted +30");
        }
        var attempts = told.stage.status().attempts();
        assertThat(attempts).hasSizeLessThanOrEqualTo(13);
        assertThat(attempts.getFirst().number()).isEqualTo(1);
        assertThat(attempts.getLast().number()).isEqualTo(32);
    }

    @Test
    void aSpecThatNoWorkerCanReadIsInvalidBeforeAnythingIsCreated() {
        var told = new Story(null);
        told.planner = new StagePlanner(new StageFiles(Mounts.claims("/c")), Timings.CLUSTER, null);
        told.tell("-");
        told.expect("Failed InvalidInput", null, null);
        assertThat(told.stage.status().conditions())
                .extracting(Condition::message)
                .containsOnly("spec: found file:base, expected a pvc://CLAIM/PATH URI");
    }

    /** For how many seconds more a status is not written, as it says nothing but that the first attempt is there or runs. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            nullValues = "now",
            textBlock =
                    """
            -                        | 300
            - waits:Pending          | 300
            - waits:Pending +299     | 1
            - waits:Pending +300     | now
            - waits:Unschedulable    | now
            - queued                 | now
            - suspend                | now
            - exit:1                 | now
            - exit:65                | now
            - ok                     | now
            - run                    | 120
            - run +119               | 1
            - run +120               | now
            - run +120 run           | now
            - run report             | now
            - waits:Pending +300 run | 120
            - waits:Pending +300 run +120 | now
            - exit:1 +10 - run       | now
            """)
    void aStatusThatSaysLittleIsDeferred(String story, Long seconds) {
        var told = new Story(null);
        told.planner = new StagePlanner(new StageFiles(Mounts.local(Path.of("/m"))), Timings.CLUSTER, null);
        told.tell(story);
        assertThat(told.plan.deferUntil().map(until -> Duration.between(told.now, until)
                        .toSeconds()))
                .isEqualTo(Optional.ofNullable(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "- run"})
    void aStatusWithTheStartOfADeadlineIsWrittenAtOnce(String story) {
        var told = new Story(100L);
        told.planner = new StagePlanner(new StageFiles(Mounts.local(Path.of("/m"))), Timings.CLUSTER, null);
        told.tell(story);
        assertThat(told.plan.deferUntil()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"NameTaken,Reconciling", "DestinationTaken,Stalled"})
    void aBlockedPlanIsWrittenAtOnceAndTriedAgain(Reason reason, String condition) {
        var told = new Story(null);
        told.planner = new StagePlanner(new StageFiles(Mounts.local(Path.of("/m"))), Timings.CLUSTER, null);
        told.tell("-");
        var blocked = told.planner.blocked(told.plan, reason, "why", told.now);
        assertThat(blocked.status().conditions())
                .extracting(Condition::type, Condition::reason, Condition::message)
                .contains(tuple("Ready", reason, "why"), tuple(condition, reason, "why"));
        assertThat(blocked.status().attempts()).isEqualTo(told.plan.status().attempts());
        assertThat(blocked.requeueAt()).contains(told.now.plusSeconds(10));
        assertThat(blocked.deferUntil()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "5,16", "6,30", "400,30"})
    void waitsTwiceAsLongEachTimeUpToTheCap(int failures, long seconds) {
        assertThat(Timings.LOCAL.retry().after(failures)).isEqualTo(Duration.ofSeconds(seconds));
    }
}
