package dev.lethe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.resource.Kind;
import dev.lethe.e2e.cluster.Await;
import dev.lethe.e2e.cluster.Cluster;
import dev.lethe.e2e.scene.Applied;
import dev.lethe.e2e.scene.InCluster;
import dev.lethe.e2e.scene.Manifests;
import dev.lethe.e2e.scene.Scene;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Specialists that ask for a GPU each, on a node that counts two or one. */
@ExtendWith(InCluster.class)
class SchedulingTest {
    @Test
    void twoGpusTrainSideBySide(Scene scene) {
        scene.cluster().gpus(2);
        var job = scene.apply(onGpus("wide"));

        // Not by the job's status, which may tell of a short training only when it is over.
        var over = new Applied(scene, Kind.ModelTraining, job.name() + "-train-over");
        var under = new Applied(scene, Kind.ModelTraining, job.name() + "-train-under");
        Await.until("both at once", () -> over.hasRunningPod() && under.hasRunningPod(), scene::describe);
    }

    @Test
    void oneGpuTrainsOneAfterTheOther(Scene scene) {
        scene.cluster().gpus(1);
        var job = scene.apply(onGpus("narrow"));

        job.await("a stage that is unschedulable", status -> status.stages().stream()
                .anyMatch(stage -> stage.reason().name().equals("Unschedulable")
                        && stage.message().contains("nvidia.com/gpu")));
        job.stage("train-over").awaitReason("Succeeded");
        job.stage("train-under").awaitReason("Succeeded");
        assertThat(image(job.stage("train-over"))).isEqualTo(Cluster.gpuWorkerImage());
        assertThat(image(job.stage("prepare"))).as("no GPU asked for").isEqualTo(Cluster.workerImage());
    }

    private static String image(Applied stage) {
        var pod = stage.jobs().getFirst().getSpec().getTemplate().getSpec();
        return pod.getContainers().getFirst().getImage();
    }

    private static String onGpus(String name) {
        return Manifests.job(name)
                .replace("epochs: 1", "epochs: 10")
                .replace(
                        "lora: {rank: 4, alpha: 4}",
                        """
                        lora: {rank: 4, alpha: 4}
                            compute: {resources: {limits: {nvidia.com/gpu: 1}}}""");
    }

    @AfterEach
    void noGpus(Scene scene) {
        scene.cluster().gpus(0);
    }
}
