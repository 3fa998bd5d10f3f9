package dev.lethe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.status.StageSummary;
import dev.lethe.e2e.cluster.Await;
import dev.lethe.e2e.scene.Applied;
import dev.lethe.e2e.scene.InCluster;
import dev.lethe.e2e.scene.Manifests;
import dev.lethe.e2e.scene.Scene;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What happens to the operator or to the API server shows in no result: a job has one Job per stage, and no more. */
@ExtendWith(InCluster.class)
class ControlPlaneTest {
    private static final String AUTHORITY = "lethe.dev/progress-ca";

    @Test
    void theOperatorKilledAtEveryStage(Scene scene) {
        var job = scene.apply(Manifests.job("unmoved"));
        for (String stage : new String[] {"train-over", "merge", "eval-merge", "publish"}) {
            job.stage(stage);
            scene.cluster().operator().killLeader();
        }
        publishedByOneJobPerStage(scene, job);
    }

    @Test
    void theLeaseIsLostAndTheApiServerIsRestarted(Scene scene) {
        var job = scene.apply(Manifests.job("led"));
        job.stage("train-over");
        scene.cluster().operator().takeLeaseAway();
        job.stage("merge");
        // In k3s the API server cannot be restarted alone.
        if (scene.node().hasOwnApiServer()) {
            scene.cluster().killApiServer();
        }
        publishedByOneJobPerStage(scene, job);
    }

    /** A certificate is renewed under another authority, and no pod of the operator starts anew. */
    @Test
    void aNewAuthorityReachesTheWorkersAtWork(Scene scene) {
        var training = scene.apply(Manifests.training("told", 1000));
        training.awaitCheckpoint();
        var pod = training.runningPod();
        var authority = pod.getMetadata().getLabels().get(AUTHORITY);
        var operators = scene.cluster().operator().pods().stream()
                .map(it -> it.getMetadata().getUid())
                .toList();

        scene.cluster().operator().trustAlso(scene.client().getConfiguration().getCaCertData());

        var attempts = new AtomicInteger();
        Await.until(
                "the pod to be told",
                () -> {
                    training.retry(3 + attempts.incrementAndGet() % 2); // whatever makes the operator look
                    return !training.runningPod()
                            .getMetadata()
                            .getLabels()
                            .get(AUTHORITY)
                            .equals(authority);
                },
                training::describe);
        assertThat(scene.cluster().operator().pods())
                .extracting(it -> it.getMetadata().getUid())
                .containsExactlyElementsOf(operators);
        var told = training.status().step();
        training.await("progress that goes on", status -> status.step() > told);
        training.delete();
    }

    private static void publishedByOneJobPerStage(Scene scene, Applied job) {
        job.awaitReason("Published");
        assertThat(job.status().stages()).extracting(StageSummary::attempt).containsOnly(1);
        var stages = job.status().stages().size();
        Await.until("the watch to see every Job", () -> scene.jobs().names().size() >= stages, scene::describe);
        assertThat(scene.jobs().names()).doesNotHaveDuplicates().hasSize(stages);
    }
}
