package dev.lethe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.e2e.cluster.Cluster;
import dev.lethe.e2e.cluster.Kueue;
import dev.lethe.e2e.scene.Applied;
import dev.lethe.e2e.scene.InCluster;
import dev.lethe.e2e.scene.Manifests;
import dev.lethe.e2e.scene.Scene;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two trainings under a quota of one GPU. Runs late, since Kueue stays. */
@Order(Integer.MAX_VALUE - 1)
@ExtendWith(InCluster.class)
@EnabledIfEnvironmentVariable(
        named = "LETHE_TEST_KUEUE_CHART",
        matches = ".+",
        disabledReason = "no Kueue: LETHE_TEST_KUEUE_CHART names no folder of its chart")
class QueueTest {
    private static final String QUEUE =
            """
            apiVersion: kueue.x-k8s.io/v1beta1
            kind: LocalQueue
            metadata: {name: team-a}
            spec: {clusterQueue: gpus}
            """;

    private static Kueue kueue;

    @BeforeAll
    static void install() {
        kueue = Kueue.install(Cluster.shared(), Path.of(System.getenv("LETHE_TEST_KUEUE_CHART")));
    }

    @AfterAll
    static void takeGpusAway() {
        kueue.close();
    }

    @Test
    void theSecondWaitsInItsQueueAndThenRuns(Scene scene) {
        scene.applyOther(QUEUE);
        var first = queued(scene, Manifests.training("first", 1000), "").awaitCheckpoint();

        var second = queued(scene, Manifests.job("second"), "");
        // The operator is told of Kueue by nobody: it finds it a little later, and then has the queue's words.
        second.await("its queue's words", status -> status.message().contains("quota for nvidia.com/gpu"));
        assertThat(second.status().phase()).isEqualTo("Queued");
        assertThat(scene.kubectl("get ulj second")).contains("Queued");

        // What its queue runs is given back when it is suspended.
        first.suspend(true);
        second.stage("train-over").awaitReason("Succeeded");
    }

    @Test
    void thePreemptedContinuesFromItsCheckpoint(Scene scene) {
        scene.applyOther(QUEUE);
        var patient = queued(scene, Manifests.longTraining("patient"), "").awaitCheckpoint();

        var urgent = queued(scene, Manifests.training("urgent", 1), "    priorityClassName: urgent\n");
        patient.await("preemption", status -> status.phase().equals("Queued"));
        assertThat(urgent.awaitEnd().status().phase()).as(urgent.yaml()).isEqualTo("Succeeded");

        assertThat(patient.awaitEnd().status().phase()).as(patient.yaml()).isEqualTo("Succeeded");
        assertThat(patient.result().counts().get("continuedFrom")).isPositive();
        assertThat(scene.jobs().names()).hasSize(2);
    }

    private static Applied queued(Scene scene, String training, String priority) {
        return scene.apply(training
                + """
                  queueName: team-a
                  compute:
                    resources: {limits: {nvidia.com/gpu: 1}}
                """
                + priority);
    }
}
