package dev.lethe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.status.StageSummary;
import dev.lethe.e2e.cluster.Await;
import dev.lethe.e2e.scene.Applied;
import dev.lethe.e2e.scene.InCluster;
import dev.lethe.e2e.scene.Manifests;
import dev.lethe.e2e.scene.Scene;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What happens to the operator or to the API server shows in no result: a job has one Job per stage, and no more. */
@ExtendWith(InCluster.class)
class ControlPlaneTest {
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

    private static void publishedByOneJobPerStage(Scene scene, Applied job) {
        job.awaitReason("Published");
        assertThat(job.status().stages()).extracting(StageSummary::attempt).containsOnly(1);
        var stages = job.status().stages().size();
        Await.until("the watch to see every Job", () -> scene.jobs().names().size() >= stages, scene::describe);
        assertThat(scene.jobs().names()).doesNotHaveDuplicates().hasSize(stages);
    }
}
