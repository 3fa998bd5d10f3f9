package dev.lethe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.resource.Kind;
import dev.lethe.e2e.cluster.Await;
import dev.lethe.e2e.scene.Applied;
import dev.lethe.e2e.scene.InCluster;
import dev.lethe.e2e.scene.Manifests;
import dev.lethe.e2e.scene.Scene;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Holding a request, and giving it up. */
@ExtendWith(InCluster.class)
class SuspensionTest {
    @Test
    void aResumedTrainingContinuesFromItsCheckpoint(Scene scene) {
        var training = scene.apply(Manifests.longTraining("held")).awaitCheckpoint();

        training.suspend(true);
        training.await("rest", status -> status.phase().equals("Suspended"));
        Await.until("no pod", () -> !training.hasRunningPod(), training::describe);

        training.suspend(false);
        training.awaitEnd();
        assertThat(training.status().phase()).as(training.yaml()).isEqualTo("Succeeded");
        assertThat(training.result().counts().get("continuedFrom")).isPositive();
    }

    @Test
    void aJobThatIsSuspendedHoldsItsStages(Scene scene) {
        var job = scene.apply(Manifests.job("held").replace("epochs: 1", "epochs: 20"));
        // The job itself tells of it later, when the training may be over.
        new Applied(scene, Kind.ModelTraining, "held-train-over").runningPod();

        job.suspend(true);
        job.await("rest", status -> status.phase().equals("Suspended"));
        Await.until("no pod", () -> scene.pods().stream().noneMatch(Applied::isAtWork), scene::describe);

        job.suspend(false);
        job.stage("train-over").awaitReason("Succeeded");
    }

    @Test
    void deletingAJobInMidTrainingLeavesTheClaimsAlone(Scene scene) {
        var job = scene.apply(Manifests.job("given-up").replace("epochs: 1", "epochs: 100"));
        job.stage("train-over").awaitCheckpoint();

        job.delete();

        Await.until("no pods and no Jobs", () -> scene.pods().isEmpty(), scene::describe);
        assertThat(scene.client()
                        .persistentVolumeClaims()
                        .inNamespace(scene.namespace())
                        .list()
                        .getItems())
                .hasSize(3);
        assertThat(scene.node().has(scene.folder("lethe-workspace") + "/given-up"))
                .isTrue();
    }

    @Test
    void aNamespaceDeletedInMidTrainingEnds(Scene scene) {
        scene.apply(Manifests.job("lost").replace("epochs: 1", "epochs: 100"))
                .stage("train-over")
                .awaitCheckpoint();

        scene.delete();
    }
}
