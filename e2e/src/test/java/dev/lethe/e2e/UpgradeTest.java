package dev.lethe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lethe.api.status.StageSummary;
import dev.lethe.e2e.cluster.Cluster;
import dev.lethe.e2e.cluster.Command;
import dev.lethe.e2e.scene.InCluster;
import dev.lethe.e2e.scene.Manifests;
import dev.lethe.e2e.scene.Scene;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A job that an upgrade of the chart meets half-way. */
@ExtendWith(InCluster.class)
class UpgradeTest {
    @TempDir
    Path folder;

    @Test
    void aJobBegunUnderThePreviousChartFinishesUnderThisOne(Scene scene) {
        assumeTrue(previousChart(), "git does not have the previous commit's chart");
        scene.cluster().operator().install(folder.resolve("helm/lethe"), Map.of());
        var job = scene.apply(Manifests.job("half-way"));
        job.stage("train-over");

        // A chart that has not changed would change no pod.
        scene.cluster().operator().install(Map.of("podAnnotations.chart", "present"));

        job.awaitReason("Published");
        assertThat(job.status().stages()).extracting(StageSummary::attempt).containsOnly(1);
    }

    /** Unpacks it, if there is one. */
    private boolean previousChart() {
        try {
            var archive = folder.resolve("chart.tar").toString();
            Command.run(Cluster.home(), "git", "archive", "-o", archive, "HEAD~1", "helm/lethe");
            Command.run(folder, "tar", "-xf", archive);
            return Files.exists(folder.resolve("helm/lethe/Chart.yaml"));
        } catch (IllegalStateException noSuchCommit) {
            return false;
        }
    }
}
