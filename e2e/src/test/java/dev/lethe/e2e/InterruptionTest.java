package dev.lethe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.status.Attempt;
import dev.lethe.e2e.cluster.Await;
import dev.lethe.e2e.scene.Applied;
import dev.lethe.e2e.scene.InCluster;
import dev.lethe.e2e.scene.Manifests;
import dev.lethe.e2e.scene.Scene;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Work that is cut off goes on from where it was, and finished work is never done again. */
@ExtendWith(InCluster.class)
class InterruptionTest {
    @Test
    void aKilledWorkerIsTriedAgainFromItsCheckpoint(Scene scene) {
        var training = scene.apply(Manifests.longTraining("killed")).awaitCheckpoint();

        training.killWorker();

        continued(training.awaitEnd());
        assertThat(training.status().attempts()).extracting(Attempt::number).containsExactly(1, 2);
        assertThat(training.status().attempts().getFirst().counted()).isTrue();
        assertThat(training.status().attempts().getFirst().exitCode()).isEqualTo(137);
    }

    @Test
    void aDeletedRunningJobIsAFailedAttempt(Scene scene) {
        var training = scene.apply(Manifests.longTraining("robbed")).awaitCheckpoint();
        training.await("told of", status -> status.phase().equals("Running"));

        training.jobs().forEach(job -> scene.client().resource(job).delete());

        continued(training.awaitEnd());
        assertThat(training.status().attempts()).extracting(Attempt::number).containsExactly(1, 2);
        assertThat(training.status().attempts().getFirst().reason()).hasToString("JobDisappeared");
    }

    @Test
    void anEvictedWorkerIsNotCounted(Scene scene) {
        var training = scene.apply(Manifests.longTraining("evicted") + "  retry: {maxAttempts: 1}\n")
                .awaitCheckpoint();

        training.evictWorker();

        continued(training.awaitEnd());
        assertThat(training.status().attempts())
                .filteredOn(Attempt::counted)
                .filteredOn(attempt -> attempt.state() == Attempt.State.Failed)
                .isEmpty();
    }

    @Test
    void finishedWorkIsNeverDoneAgain(Scene scene) {
        var training = scene.apply(Manifests.training("done", 1)).awaitReason("Succeeded");
        var before = training.status();

        training.jobs().forEach(job -> scene.client().resource(job).delete());
        Await.until("no Job", () -> training.jobs().isEmpty(), training::describe);
        var another = scene.apply(Manifests.training("another", 1)).awaitReason("Succeeded");

        assertThat(training.status()).isEqualTo(before);
        assertThat(scene.jobs().names()).containsExactlyInAnyOrder(attempt(training), attempt(another));
    }

    private static String attempt(Applied training) {
        return training.status().attempts().getFirst().name();
    }

    private static void continued(Applied training) {
        assertThat(training.status().phase()).as(training.yaml()).isEqualTo("Succeeded");
        assertThat(training.result().counts().get("continuedFrom"))
                .as(training::describe)
                .isPositive();
    }
}
